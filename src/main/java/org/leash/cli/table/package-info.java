/** Tables as commands print them: text, CSV or JSON. */
package org.leash.cli.table;
