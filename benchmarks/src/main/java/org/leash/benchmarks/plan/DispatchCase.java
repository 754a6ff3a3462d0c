package org.leash.benchmarks.plan;

import java.util.List;
import org.leash.device.DType;

/** A native call whose cost is all, or nearly all, overhead; timed on one thread. */
public enum DispatchCase implements Case {
  /** {@code leash_abi_version}, which does nothing. */
  EMPTY("empty_call", 0, "dispatch of an empty call"),
  /** {@code token_statistics} of {@link #TINY_INPUT}. */
  TINY("tiny_call", 1, "dispatch of a tiny token_statistics");

  /** Input of the tiny call: one row of 16 logits. */
  public static final KernelCase TINY_INPUT =
      new KernelCase(
          Contract.TOKEN_STATISTICS, DType.F32, 1, 16, LogitDistribution.NORMAL, /* threads= */ 1);

  /**
   * Contenders: a loop in C through a function pointer, Java through the generated binding, and
   * Java through the library with all its checks.
   */
  public static final List<String> VARIANTS = List.of("c", "panama", "library");

  private final String contract;
  private final int rows;
  private final String label;

  DispatchCase(String contract, int rows, String label) {
    this.contract = contract;
    this.rows = rows;
    this.label = label;
  }

  String contract() {
    return contract;
  }

  int rows() {
    return rows;
  }

  @Override
  public String toString() {
    return label;
  }
}
