/**
 * Other tools' results as runs: rows of the same schema, so that they can be looked at and compared
 * with the same commands. Nothing is claimed of them that was not in the file; that they were
 * checked least of all.
 */
package org.leash.benchmarks.imports;
