package org.leash.loss;

/**
 * Skywork-OR1's entropy control: the coefficient of the entropy bonus rises by one step while the
 * policy's entropy is at or below the target, and falls by one step while it is above. It is
 * applied only at or below the target. arXiv 2505.22312 (2025).
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
          "coefficient = %s, step = %s, largest = %s: needs 0 <= coefficient <= largest, step > 0"
              .formatted(coefficient, step, largest));
    }
  }

  /** The coefficient for a step, given the mean entropy of its rollouts in nats. */
  public double applied(double entropy) {
    return entropy <= target ? coefficient : 0.0;
  }

  /** The control after a step, given the mean entropy of its rollouts in nats. */
  public AdaptiveEntropy after(double entropy) {
    double moved = coefficient + (entropy <= target ? step : -step);
    return new AdaptiveEntropy(Math.clamp(moved, 0.0, largest), target, step, largest);
  }
}
