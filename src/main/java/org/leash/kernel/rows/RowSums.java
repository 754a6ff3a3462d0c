package org.leash.kernel.rows;

/**
 * The partial sums of a row, with u_j = (x_j − maxLogit) / T:
 *
 * <pre>
 *   rest = Σ exp(u_j) without the one largest term (which is 1)      weighted = Σ exp(u_j) u_j
 *   squares = Σ exp(2 u_j) without the largest term, if asked for
 * </pre>
 *
 * and the statistics derived from them. One token of a trained policy often holds nearly all the
 * mass, and 1 − p, on which the gradient depends, would be lost in the rounding of a sum near 1.
 * Hence rest, from which log s = log1p(rest).
 *
 * <p>Mutable, one for each kernel, so that a row allocates nothing.
 */
public final class RowSums {
  private double maxLogit;
  private double temperature;
  private double logSum;
  private double mean;
  private double collision;
  private boolean takesSquares;

  /** Asks loops for the sum of squares. */
  void takeSquares(boolean takes) {
    takesSquares = takes;
  }

  /** Whether loops have to sum the squares. */
  public boolean takesSquares() {
    return takesSquares;
  }

  /**
   * Finishes a row. A maximum that is not finite, or a sum that is NaN, makes all of it NaN.
   *
   * @param maxLogit the largest logit, before the temperature
   * @param squares ignored unless {@link #takesSquares()}
   */
  public void finish(
      double maxLogit, double temperature, double rest, double weighted, double squares) {
    boolean finite = Double.isFinite(maxLogit) && !Double.isNaN(rest);
    this.maxLogit = finite ? maxLogit : Double.NaN;
    this.temperature = temperature;
    this.logSum = finite ? Math.log1p(rest) : Double.NaN;
    this.mean = finite ? weighted / (1.0 + rest) : Double.NaN;
    this.collision = finite ? (1.0 + squares) / ((1.0 + rest) * (1.0 + rest)) : Double.NaN;
  }

  /** Sets a row from statistics that were computed before. */
  void set(double maxLogit, double temperature, double logSum, double mean) {
    this.maxLogit = maxLogit;
    this.temperature = temperature;
    this.logSum = logSum;
    this.mean = mean;
  }

  boolean isNan() {
    return Double.isNaN(maxLogit + logSum + mean);
  }

  double maxLogit() {
    return maxLogit;
  }

  double temperature() {
    return temperature;
  }

  double logSum() {
    return logSum;
  }

  double mean() {
    return mean;
  }

  double entropy() {
    return logSum - mean;
  }

  /** Σ p², if squares were taken. */
  double collision() {
    return collision;
  }

  double lse() {
    return maxLogit / temperature + logSum;
  }

  double logprob(double logit) {
    return (logit - maxLogit) / temperature - logSum;
  }
}
