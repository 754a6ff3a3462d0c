/** Tables printed by commands: text, CSV or JSON. */
package org.leash.cli.table;
