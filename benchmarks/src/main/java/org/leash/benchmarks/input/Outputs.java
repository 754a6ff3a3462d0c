package org.leash.benchmarks.input;

import org.leash.benchmarks.plan.Contract;

/** What was computed, for {@link Expected} to judge. Names are those of {@link Contract}. */
public interface Outputs {

  /** The value of one row. */
  float column(String name, int row);

  /** Copies one row of the task's matrix. */
  void matrixRow(int row, float[] values);
}
