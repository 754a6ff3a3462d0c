package org.leash.loss.objective;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.leash.loss.PolicyLoss;

/**
 * KL-Cov: adds the penalty coefficient · |logprob − oldLogprob| to the tokens with the largest
 * covariance of advantage and log-probability. For an unclipped surrogate; rollout weights also
 * multiply the penalty, as in verl. Cui et al., arXiv 2505.22617 (2025).
 *
 * @param fraction of all kept tokens, at least one token; 2e-4 in the paper
 * @param coefficient 1 in the paper
 */
public record KlCov(double fraction, double coefficient) implements Adjustment {
  @Override
  public boolean needsStatistics() {
    return true;
  }

  @Override
  public String refusal(PolicyLoss policy) {
    return policy.isUnclipped()
        ? ""
        : "penalises what a clip would drop; take PolicyLoss.importanceWeighted()";
  }

  @Override
  public void apply(Draft draft) {
    double[] covariances = draft.covariances();
    int count = Math.max((int) (fraction * draft.sequences.keptTokens()), 1);
    int[] largest =
        IntStream.range(0, covariances.length)
            .filter(t -> covariances[t] > Double.NEGATIVE_INFINITY)
            .boxed()
            .sorted(Comparator.comparingDouble(t -> -covariances[t]))
            .limit(count)
            .mapToInt(Integer::intValue)
            .toArray();
    Arrays.stream(largest).forEach(t -> draft.penalty[t] = coefficient);
  }
}
