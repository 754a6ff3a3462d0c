/**
 * Tables of a run in CSV: RFC 4180 with LF, UTF-8, units in the names of measured columns, empty
 * fields for missing measurements, GB = 10⁹ bytes. Readers ignore unknown columns.
 */
package org.leash.benchmarks.csv;
