package org.leash.loss.objective;

import java.util.stream.IntStream;
import org.leash.loss.PolicyLoss;
import org.leash.loss.Surrogate;

/**
 * Clip-Cov: drops the surrogate of a few tokens, drawn at random from those not clipped by PPO
 * whose covariance of advantage and log-probability lies between low and high, as these cost the
 * most entropy. Cui et al., arXiv 2505.22617 (2025).
 *
 * @param fraction of all kept tokens to draw, at least one token; 2e-4 in the paper
 * @param low 1 in the paper
 * @param high 5 in the paper
 */
public record ClipCov(double fraction, double low, double high) implements Adjustment {
  @Override
  public boolean needsStatistics() {
    return true;
  }

  @Override
  public String refusal(PolicyLoss policy) {
    return policy.surrogate() == Surrogate.PPO_CLIP
        ? ""
        : "draws tokens from those that PPO_CLIP leaves unclipped; take PolicyLoss.ppoClip(low,"
            + " high)";
  }

  @Override
  public void apply(Draft draft) {
    double[] covariances = draft.covariances();
    int[] candidates =
        IntStream.range(0, covariances.length)
            .filter(t -> covariances[t] > low && covariances[t] < high && !isClipped(draft, t))
            .toArray();
    int drawn =
        Math.min(Math.max((int) (fraction * draft.sequences.keptTokens()), 1), candidates.length);
    for (int i = 0; i < drawn; i++) {
      int other = i + draft.random.nextInt(candidates.length - i);
      int token = candidates[other];
      candidates[other] = candidates[i];
      draft.advantage[token] = 0.0;
    }
  }

  private static boolean isClipped(Draft draft, int t) {
    double ratio = Math.exp(draft.logRatio[t]);
    return draft.advantage[t] > 0.0
        ? ratio > 1.0 + draft.policy.clipHigh()
        : draft.advantage[t] < 0.0 && ratio < 1.0 - draft.policy.clipLow();
  }
}
