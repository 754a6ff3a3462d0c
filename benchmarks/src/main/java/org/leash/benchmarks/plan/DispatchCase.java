package org.leash.benchmarks.run;

import org.leash.benchmarks.input.Case;
import org.leash.benchmarks.input.Distribution;
import org.leash.benchmarks.input.Task;
import org.leash.device.DType;

/** Calls whose cost is all overhead, or nearly. */
enum Calls {
  /** {@code leash_abi_version}, which does nothing. */
  EMPTY("empty_call", "dispatch of an empty call"),
  /** {@code token_statistics} of {@link #TINY_CASE}. */
  TINY("tiny_call", "dispatch of a tiny token_statistics");

  static final Case TINY_CASE =
      new Case(Task.TOKEN_STATISTICS, DType.F32, 1, 16, Distribution.NORMAL, 1);

  private final String contract;
  private final String label;

  Calls(String contract, String label) {
    this.contract = contract;
    this.label = label;
  }

  String contract() {
    return contract;
  }

  String label() {
    return label;
  }
}
