package org.leash.loss.objective;

/**
 * VESPO: weights each response's surrogate by φ(W) = exp(λ + k log W − λ W), a constant for the
 * gradient. W is the importance ratio of the whole response relative to its sampler, the product of
 * its tokens' ratios and rollout weights; φ(1) = 1. For REINFORCE. arXiv 2602.10693 (2026).
 *
 * @param powerPositive k if A &gt; 0; 2 in the paper
 * @param decayPositive λ if A &gt; 0; 3 in the paper
 * @param powerNegative k if A ≤ 0; 3 in the paper
 * @param decayNegative λ if A ≤ 0; 2 in the paper
 */
public record SequenceWeight(
    double powerPositive, double decayPositive, double powerNegative, double decayNegative)
    implements Adjustment {
  private static final double LARGEST_LOG = 20.0;

  @Override
  public boolean needsStatistics() {
    return true;
  }

  @Override
  public void apply(Draft draft) {
    draft.rolloutIsUsed = true;
    for (int i = 0; i < draft.sequences.count(); i++) {
      double sum = draft.sum(i, t -> draft.ownLogRatio(t) + draft.logRolloutRatio(t));
      double log = Math.clamp(sum, -LARGEST_LOG, LARGEST_LOG);
      double positive = weight(powerPositive, decayPositive, log);
      double negative = weight(powerNegative, decayNegative, log);
      draft.forEachKept(
          i, t -> draft.advantage[t] *= draft.advantage[t] > 0.0 ? positive : negative);
    }
  }

  private static double weight(double power, double decay, double log) {
    return Math.exp(decay + power * log - decay * Math.exp(log));
  }
}
