/** The command {@code leash-bench}. */
package org.leash.benchmarks.cli;
