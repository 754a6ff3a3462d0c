/**
 * JMH benchmarks: what the JVM pays for a call, allocation ({@code -prof gc}), and every operation
 * by itself. To compare variants take {@code leash-bench}, which interleaves them.
 *
 * <p>Allocation is read off small calls in long iterations ({@code -p rows=1 -p vocab=32 -p
 * caches=0 -r 10 -prof gc}), since JMH itself allocates some kilobytes an iteration, which it
 * divides by the calls.
 */
package org.leash.benchmarks.jmh;
