package org.leash.loss.objective;

import org.leash.loss.PolicyLoss;

/**
 * One ratio for all tokens of a response.
 *
 * <ul>
 *   <li>MEAN: the geometric mean of the tokens' ratios, as in GSPO. Each token gets the gradient of
 *       exp(sg(log s) + logprob − sg(logprob)), so that SEQ_MEAN_TOKEN_MEAN gives the gradient of
 *       the response's −A s. arXiv 2507.18071 (2025). A corrected KL estimate has the gradient of
 *       the product of s and the estimates of all tokens, as in TRL.
 *   <li>PRODUCT: the ratio of the whole response, as in TRL's RLOO. With SEQ_MEAN_TOKEN_SUM the
 *       loss and its gradient are those of −A s per response: each of its n tokens reports 1/n of
 *       the value and has the full gradient.
 * </ul>
 *
 * @param of how the tokens' ratios are combined
 */
public record SequenceRatio(Of of) implements Adjustment {
  /** How the tokens' ratios are combined. */
  public enum Of {
    /** Geometric mean. */
    MEAN,
    /** Product. */
    PRODUCT
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
    return switch (policy.surrogate()) {
      case PPO_CLIP, CISPO, SAPO ->
          of == Of.PRODUCT && policy.hasCorrectedKl()
              ? "does not multiply a KL estimate by the ratio of a whole response; use K1, K2 or K3"
              : "";
      default -> "gives a response one ratio, of which only PPO_CLIP, CISPO and SAPO are functions";
    };
  }

  @Override
  public void apply(Draft draft) {
    draft.sharedRatio = of;
    for (int i = 0; i < draft.sequences.count(); i++) {
      int length = draft.sequences.length(i);
      double sum = draft.sum(i, draft::wholeLogRatio);
      double log = of == Of.MEAN ? sum / length : sum;
      draft.forEachKept(
          i,
          t -> {
            draft.logRatio[t] = log;
            draft.logRatioSlope[t] = 1.0;
            draft.flags[t] &= ~PolicyLoss.CLAMPED_RATIO;
            draft.shareOfLoss[t] = of == Of.MEAN ? 1.0 : 1.0 / length;
          });
    }
  }
}
