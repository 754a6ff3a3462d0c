package org.leash.loss.objective;

import org.leash.loss.PolicyLoss;

/**
 * GMPO: one ratio per response, the geometric mean of its tokens' ratios, each first clipped in the
 * direction of the advantage. A clipped token has no gradient but contributes to the mean. For an
 * unclipped surrogate with SEQ_MEAN_TOKEN_MEAN. Rollout weights become their geometric mean over
 * the response, as in verl; with {@link TopEntropy}, the mean is over the tokens that it keeps, as
 * in TRL. Zhao et al., arXiv 2507.20673 (2025).
 *
 * @param low if A &lt; 0, log-ratios are clipped below at −low; 0.4 in the paper
 * @param high if A &gt; 0, log-ratios are clipped above at high; 0.4 in the paper
 */
public record GeometricMeanRatio(double low, double high) implements Adjustment {
  /** Checks the bounds. */
  public GeometricMeanRatio {
    if (!(low >= 0.0 && high >= 0.0)) {
      throw new IllegalArgumentException("low = " + low + ", high = " + high + ": must be >= 0");
    }
  }

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
    if (!policy.isUnclipped()) {
      return "clips by itself; take PolicyLoss.importanceWeighted()";
    }
    return policy.hasCorrectedKl()
        ? "does not multiply a KL estimate by the ratio of a whole response; use K1, K2 or K3"
        : "";
  }

  @Override
  public void apply(Draft draft) {
    for (int i = 0; i < draft.sequences.count(); i++) {
      int length = draft.sequences.length(i);
      double counted = draft.sum(i, t -> draft.hasLowEntropy[t] ? 0.0 : 1.0);
      boolean counts = counted > 0.0;
      double mean = counts ? draft.sum(i, t -> countedLogRatio(draft, t)) / counted : 0.0;
      // Of a response without a counted token, the value remains, −A, and no gradient.
      double advantage =
          counts
              ? draft.sum(i, t -> draft.advantage[t]) / counted * (length / counted)
              : draft.sum(i, t -> draft.columns.advantage()[t]) / length;
      double rollout = Math.exp(draft.sum(i, t -> Math.log(draft.rolloutWeight[t])) / length);
      draft.forEachKept(
          i,
          t -> {
            double own = draft.wholeLogRatio(t);
            boolean isClipped = clipped(draft, t) != own;
            draft.logRatio[t] = mean;
            draft.logRatioSlope[t] = counts && !isClipped ? 1.0 : 0.0;
            draft.flags[t] &= ~PolicyLoss.CLAMPED_RATIO;
            if (isClipped) {
              draft.flags[t] |= own > 0.0 ? PolicyLoss.CLIPPED_HIGH : PolicyLoss.CLIPPED_LOW;
            }
            draft.advantage[t] = counts && draft.hasLowEntropy[t] ? 0.0 : advantage;
            draft.rolloutWeight[t] = rollout;
          });
    }
  }

  private double countedLogRatio(Draft draft, int t) {
    return draft.hasLowEntropy[t] ? 0.0 : clipped(draft, t);
  }

  /** The log-ratio of a token, clipped in the direction of the advantage before any mask. */
  private double clipped(Draft draft, int t) {
    return clipped(draft.wholeLogRatio(t), draft.columns.advantage()[t]);
  }

  private double clipped(double logRatio, double advantage) {
    if (advantage > 0.0) {
      return Math.min(logRatio, high);
    }
    return advantage < 0.0 ? Math.max(logRatio, -low) : logRatio;
  }
}
