package org.leash.loss.objective;

/**
 * One ratio for all tokens of a response.
 *
 * <ul>
 *   <li>MEAN: the geometric mean of the tokens' ratios, as in GSPO. Each token gets the gradient of
 *       exp(sg(log s) + logprob − sg(logprob)), so that SEQ_MEAN_TOKEN_MEAN gives the gradient of
 *       the response's −A s. arXiv 2507.18071 (2025).
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
  public void apply(Draft draft) {
    for (int i = 0; i < draft.sequences.count(); i++) {
      int length = draft.sequences.length(i);
      double sum = draft.sum(i, draft::ownLogRatio);
      double log = of == Of.MEAN ? sum / length : sum;
      draft.forEachKept(
          i,
          t -> {
            draft.logRatio[t] = log;
            draft.shareOfLoss[t] = of == Of.MEAN ? 1.0 : 1.0 / length;
          });
    }
  }
}
