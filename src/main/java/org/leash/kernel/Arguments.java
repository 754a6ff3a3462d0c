package org.leash.kernel;

import org.leash.device.ByteColumn;
import org.leash.device.FloatColumn;
import org.leash.device.Matrix;

/**
 * What one call of an operation reads and writes. Built by {@code of(logits)} and setters that
 * return the object itself:
 *
 * <pre>{@code
 * TokenStatistics.of(logits).targets(targets).logprob(logprob).entropy(entropy)
 * }</pre>
 *
 * <p>Arguments are mutable, may be run any number of times, and are checked as a whole whenever
 * they run. Not thread-safe: one thread sets and runs them at a time. Every column has as many rows
 * as the logits. No output may overlap an input or another output, but an output matrix may be the
 * logits themselves (in place).
 */
public sealed interface Arguments
    permits LogSoftmax, Entropy, TokenStatistics, LogitsGradient, PolicyGradient {
  /** The logits, {@code [rows × vocab]}. */
  Matrix logits();

  /** Rows of the logits. */
  long rows();

  /** The temperature of all rows, where {@link #temperatures()} is null. */
  float temperature();

  /** A temperature for each row, or null. */
  FloatColumn temperatures();

  /**
   * 0 for rows that are not computed (what they would have produced is 0), or null when all are.
   */
  ByteColumn mask();
}
