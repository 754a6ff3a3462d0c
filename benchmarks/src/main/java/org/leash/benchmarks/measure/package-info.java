/**
 * Measurement of one case: contenders, their timing in interleaved rounds, and the ceilings of the
 * device. JMH does not interleave benchmarks.
 */
package org.leash.benchmarks.measure;
