package org.leash.benchmarks.input;

import org.leash.benchmarks.plan.Contract;

/** Outputs of a launch, to be checked by {@link Expected}. Names are those of {@link Contract}. */
public interface Outputs {

  /** The value of one row. */
  float column(String name, int row);

  /** Copies one row of the output matrix. */
  void matrixRow(int row, float[] values);
}
