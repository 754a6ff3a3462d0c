package org.leash.loss.objective;

import org.leash.loss.PolicyLoss;
import org.leash.loss.Surrogate;

/**
 * VESPO: weights each response's surrogate by φ(W) = exp(λ + k log W − λ W), a constant for the
 * gradient. W is the importance ratio of the whole response relative to its sampler, the product of
 * its tokens' ratios and rollout weights, in [1e-8, e²⁰]; φ(1) = 1. Rollout weights are those of
 * the paper if they are unbounded, and those of TRL if they are bounded, by default at 3. For
 * REINFORCE. arXiv 2602.10693 (2026).
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

  private static final double LEAST_LOG = Math.log(1e-8);

  @Override
  public boolean needsStatistics() {
    return true;
  }

  @Override
  public boolean ownsRatio() {
    return true;
  }

  @Override
  public String refusal(PolicyLoss policy) {
    return policy.surrogate() == Surrogate.REINFORCE
        ? ""
        : "weights A logprob, without a ratio; take PolicyLoss.reinforce()";
  }

  @Override
  public void apply(Draft draft) {
    for (int i = 0; i < draft.sequences.count(); i++) {
      double sum =
          draft.sum(
              i, t -> draft.ownLogRatio(t) + Math.max(Math.log(draft.rolloutWeight[t]), LEAST_LOG));
      double log = Math.clamp(sum, LEAST_LOG, LARGEST_LOG);
      double positive = weight(powerPositive, decayPositive, log);
      double negative = weight(powerNegative, decayNegative, log);
      draft.forEachKept(
          i,
          t -> {
            draft.advantage[t] *= draft.advantage[t] > 0.0 ? positive : negative;
            draft.rolloutWeight[t] = 1.0;
          });
    }
  }

  private static double weight(double power, double decay, double log) {
    return Math.exp(decay + power * log - decay * Math.exp(log));
  }
}
