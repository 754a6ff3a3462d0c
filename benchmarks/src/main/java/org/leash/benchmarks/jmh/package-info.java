/**
 * JMH benchmarks: the cost of a call, allocation ({@code -prof gc}), and each operation by itself
 * ({@code OperationBenchmark -p contract=ENTROPY}). To compare variants use {@code leash-bench},
 * which interleaves them.
 *
 * <p>Measure allocation with small calls in long iterations ({@code -p rows=1 -p vocab=32 -p
 * caches=0 -r 10 -prof gc}): JMH itself allocates some kilobytes per iteration, which it divides by
 * the number of calls.
 */
package org.leash.benchmarks.jmh;
