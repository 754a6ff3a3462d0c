package org.leash.loss;

/**
 * Skywork-OR1's entropy control: the coefficient rises by a step while the policy's entropy is at
 * or below the target, and falls by one while it is above; it is applied only at or below the
 * target. arXiv 2505.22312 (2025).
 *
 * @param coefficient of the next step, in [0, largest]
 * @param target in nats
 * @param step of the coefficient; 0.005 in the paper
 * @param largest coefficient
 */
public record AdaptiveEntropy(double coefficient, double target, double step, double largest) {
  /** Checks the range. */
  public AdaptiveEntropy {
    if (!(coefficient >= 0.0 && coefficient <= largest && step > 0.0)) {
      throw new IllegalArgumentException(
          "coefficient = %s, step = %s, largest = %s: take 0 <= coefficient <= largest, step > 0"
              .formatted(coefficient, step, largest));
    }
  }

  /** The coefficient to use in a step whose rollouts have this mean entropy. */
  public double applied(double entropy) {
    return entropy <= target ? coefficient : 0.0;
  }

  /** The control after a step whose rollouts had this mean entropy. */
  public AdaptiveEntropy after(double entropy) {
    double moved = coefficient + (entropy <= target ? step : -step);
    return new AdaptiveEntropy(Math.clamp(moved, 0.0, largest), target, step, largest);
  }
}
