/**
 * The files of a run. RFC 4180 with LF, UTF-8, a unit in the name of every measured column, an
 * empty field for what was not measured, GB = 10⁹ bytes. Readers ignore columns they do not know.
 */
package org.leash.benchmarks.csv;
