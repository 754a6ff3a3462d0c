package org.leash.benchmarks.input;

import java.util.Locale;
import java.util.Optional;
import org.leash.device.DType;
import org.leash.kernel.Variant;

/**
 * What is computed on what, apart from who computes it.
 *
 * @param rows token positions
 * @param vocab logits of a row
 * @param threads that may share a call, or {@link #ON_GPU}
 */
public record Case(
    Task task, DType dtype, int rows, int vocab, Distribution distribution, int threads) {

  /** All inputs are drawn from this. */
  public static final long SEED = 20250714;

  /** In place of threads: the case is a GPU's. */
  public static final int ON_GPU = 0;

  /** Rows that are drawn for a GPU's case: enough that no cache could hold one row for all. */
  private static final int DRAWN_ROWS = 128;

  /** The case whose inputs a GPU's case repeats over its rows, or takes the first of. */
  public Case drawn() {
    return withRows(DRAWN_ROWS);
  }

  public Case withRows(int count) {
    return new Case(task, dtype, count, vocab, distribution, threads);
  }

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

  /** Why a variant of the operation cannot compute it here; empty where it can. */
  public Optional<String> obstacle(Variant variant) {
    if (!variant.available()) {
      return Optional.of(variant.reason());
    }
    if (!variant.dtypes().contains(dtype)) {
      return Optional.of("takes " + variant.dtypes() + ", not " + dtype);
    }
    if (variant.maxVocab() < vocab) {
      return Optional.of("takes rows of at most " + variant.maxVocab());
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    String where = threads == ON_GPU ? "gpu" : threads + (threads == 1 ? " thread" : " threads");
    return "%s %s %dx%d %s, %s"
        .formatted(
            task.id(),
            dtype.name().toLowerCase(Locale.ROOT),
            rows,
            vocab,
            distribution.id(),
            where);
  }
}
