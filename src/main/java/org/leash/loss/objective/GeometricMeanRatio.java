package org.leash.loss.objective;

import org.leash.loss.PolicyLoss;

/**
 * GMPO: one ratio per response, the geometric mean of its tokens' ratios, each first clipped in the
 * direction of the advantage. A clipped token has no gradient but contributes to the mean. For an
 * unclipped surrogate with SEQ_MEAN_TOKEN_MEAN. Zhao et al., arXiv 2507.20673 (2025).
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
  public void apply(Draft draft) {
    for (int i = 0; i < draft.sequences.count(); i++) {
      int length = draft.sequences.length(i);
      double advantage = draft.sum(i, t -> draft.advantage[t]) / length;
      double mean = draft.sum(i, t -> clipped(draft.ownLogRatio(t), draft.advantage[t])) / length;
      draft.forEachKept(
          i,
          t -> {
            double own = draft.ownLogRatio(t);
            if (clipped(own, draft.advantage[t]) != own) {
              draft.logRatioSlope[t] = 0.0;
              draft.flags[t] |= own > 0.0 ? PolicyLoss.CLIPPED_HIGH : PolicyLoss.CLIPPED_LOW;
            }
            draft.logRatio[t] = mean;
          });
      draft.forEachKept(i, t -> draft.advantage[t] = advantage);
    }
  }

  private double clipped(double logRatio, double advantage) {
    if (advantage > 0.0) {
      return Math.min(logRatio, high);
    }
    return advantage < 0.0 ? Math.max(logRatio, -low) : logRatio;
  }
}
