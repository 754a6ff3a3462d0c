package org.leash.benchmarks.plan;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Passes of each CUDA variant over the matrix, R reads and W writes, as documented at the heads of
 * {@code native/cuda/variants}. Per-row columns, less than 0.1 % of a row of 32000, and the
 * partial sums of {@code split} are not counted.
 */
public enum ByteModel {
  /** Passes for the maximum, for the sums and for the output. */
  NAIVE(2, false),
  /** A pass for the sums, and one for the output. */
  TWO_READ(1, false),
  /** As two_read, with many thread blocks per row. */
  SPLIT(1, false),
  /** The row stays in shared memory. */
  RESIDENT(1, true) {
    @Override
    boolean takes(KernelCase kernelCase) {
      return kernelCase.contract() == Contract.LOG_SOFTMAX
          || kernelCase.contract() == Contract.POLICY_GRADIENT;
    }
  },
  /** The row stays in registers. */
  WARP(1, true) {
    @Override
    boolean takes(KernelCase kernelCase) {
      return kernelCase.vocab() <= WARP_VOCAB;
    }
  };

  private static final int WARP_VOCAB = 2048;

  private final int readsForSums;
  private final boolean keepsRow;

  ByteModel(int readsForSums, boolean keepsRow) {
    this.readsForSums = readsForSums;
    this.keepsRow = keepsRow;
  }

  /** The variants that can run a case, the plain one first. */
  public static List<ByteModel> of(KernelCase kernelCase) {
    return Stream.of(values()).filter(each -> each.takes(kernelCase)).toList();
  }

  boolean takes(KernelCase kernelCase) {
    return true;
  }

  /** The name in the library's list: "two_read". */
  public String variant() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Passes over the matrix that read it. */
  public int reads(Contract contract) {
    // From saved statistics, the output alone remains.
    if (contract == Contract.LOGITS_GRADIENT) {
      return 1;
    }
    return contract.writesMatrix() && !keepsRow ? readsForSums + 1 : readsForSums;
  }

  /** Passes over the matrix that write it. */
  public int writes(Contract contract) {
    return contract.writesMatrix() ? 1 : 0;
  }

  public long bytesRead(KernelCase kernelCase) {
    return reads(kernelCase.contract()) * kernelCase.matrixBytes();
  }

  public long bytesWritten(KernelCase kernelCase) {
    return writes(kernelCase.contract()) * kernelCase.matrixBytes();
  }
}
