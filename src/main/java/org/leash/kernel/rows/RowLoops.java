package org.leash.kernel.rows;

import org.leash.device.Matrix;

/**
 * What a Java provider brings: the loops over the logits of one row. Everything else (masks,
 * temperatures, targets, losses, the scalars of a row) is in {@link RowKernels}, once for all of
 * them.
 *
 * <p>Loops never touch the padding of a matrix, allocate nothing, and sum in an order that depends
 * on the length of the row alone. An output matrix may be the logits themselves. Used by one thread
 * at a time.
 */
public interface RowLoops {

  /** Reads a row and sets its partial sums. The temperature is finite and positive. */
  void sums(Matrix logits, long row, double temperature, RowSums sums);

  /** Writes (x_j − maxLogit) / temperature − logSum for every j. The last three are finite. */
  void logSoftmax(
      Matrix logits, Matrix logprobs, long row, double temperature, double maxLogit, double logSum);

  /**
   * Writes exp(u_j) (base + slope u_j) with u_j = (x_j − maxLogit) / temperature for every j; 0
   * where exp(u_j) is 0, as for a logit of −∞. The last four are finite.
   */
  void gradient(
      Matrix logits,
      Matrix gradient,
      long row,
      double temperature,
      double maxLogit,
      double base,
      double slope);
}
