/** The commands on files of samples, {@code leash passk} and {@code leash support}. */
package org.leash.cli.samples;
