package org.leash.benchmarks.input;

import java.util.Locale;
import org.leash.device.DType;

/**
 * What is computed on what, apart from who computes it.
 *
 * @param rows token positions
 * @param vocab logits of a row
 * @param threads that may share a call
 */
public record Case(
    Task task, DType dtype, int rows, int vocab, Distribution distribution, int threads) {

  /** All inputs are drawn from this. */
  public static final long SEED = 20250714;

  public long elements() {
    return (long) rows * vocab;
  }

  /** Bytes of the logits. */
  public long matrixBytes() {
    return elements() * dtype.bytes();
  }

  public long bytesRead() {
    return matrixBytes();
  }

  public long bytesWritten() {
    return task.writesMatrix() ? matrixBytes() : 0;
  }

  /** Whether two cases work on the same logits. */
  public boolean sharesInputs(Case other) {
    return dtype == other.dtype
        && rows == other.rows
        && vocab == other.vocab
        && distribution == other.distribution;
  }

  public Case withThreads(int count) {
    return new Case(task, dtype, rows, vocab, distribution, count);
  }

  @Override
  public String toString() {
    return "%s %s %dx%d %s, %d thread%s"
        .formatted(
            task.id(),
            dtype.name().toLowerCase(Locale.ROOT),
            rows,
            vocab,
            distribution.id(),
            threads,
            threads == 1 ? "" : "s");
  }
}
