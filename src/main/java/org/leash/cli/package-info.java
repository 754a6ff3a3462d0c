/** The {@code leash} command. */
package org.leash.cli;
