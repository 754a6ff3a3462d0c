/**
 * JMH benchmarks: what the JVM pays for a call, allocation ({@code -prof gc}), and every operation
 * by itself. To compare variants take {@code leash-bench}, which interleaves them.
 */
package org.leash.benchmarks.jmh;
