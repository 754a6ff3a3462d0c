/**
 * Inputs and references for implementations in other processes: what {@code benchmarks/peers/gpu}
 * reads.
 */
package org.leash.benchmarks.exchange;
