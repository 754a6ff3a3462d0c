/**
 * Imports of other tools' results as runs, for the same commands. Rows claim nothing that is not in
 * the file, and are never marked as checked.
 */
package org.leash.benchmarks.imports;
