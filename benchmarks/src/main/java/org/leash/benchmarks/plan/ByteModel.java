package org.leash.benchmarks.predict;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.leash.benchmarks.input.Case;
import org.leash.benchmarks.input.Task;

/**
 * How often each CUDA variant goes over the bytes of a row: R reads and W writes of the matrix, as
 * the heads of {@code native/cuda/variants} have them. Columns with one value for each row, below
 * 0.1 % of a row of 32000, are left out, and so are the partial sums of {@code split}.
 */
public enum ByteModel {
  /** Passes for the maximum, for the sums and for the output. */
  NAIVE(2, false),
  /** A pass for the sums, and one for the output. */
  TWO_READ(1, false),
  /** As two_read, with many blocks for each row. */
  SPLIT(1, false),
  /** The row stays in shared memory. */
  RESIDENT(1, true) {
    @Override
    boolean takes(Case described) {
      return described.task() == Task.LOG_SOFTMAX || described.task() == Task.POLICY_GRADIENT;
    }
  },
  /** The row stays in registers. */
  WARP(1, true) {
    @Override
    boolean takes(Case described) {
      return described.vocab() <= WARP_VOCAB;
    }
  };

  private static final int WARP_VOCAB = 2048;

  private final int readsForSums;
  private final boolean keepsRow;

  ByteModel(int readsForSums, boolean keepsRow) {
    this.readsForSums = readsForSums;
    this.keepsRow = keepsRow;
  }

  /** The variants that there are for a case, the plain one first. */
  public static List<ByteModel> of(Case described) {
    return Stream.of(values()).filter(each -> each.takes(described)).toList();
  }

  boolean takes(Case described) {
    return true;
  }

  /** The name in the library's list: "two_read". */
  public String variant() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Passes over the matrix that read it. */
  public int reads(Task task) {
    // From saved statistics, the output alone remains.
    if (task == Task.LOGITS_GRADIENT) {
      return 1;
    }
    return task.writesMatrix() && !keepsRow ? readsForSums + 1 : readsForSums;
  }

  /** Passes over the matrix that write it. */
  public int writes(Task task) {
    return task.writesMatrix() ? 1 : 0;
  }

  public long bytesRead(Case described) {
    return reads(described.task()) * described.matrixBytes();
  }

  public long bytesWritten(Case described) {
    return writes(described.task()) * described.matrixBytes();
  }
}
