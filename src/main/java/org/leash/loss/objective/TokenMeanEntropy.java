package org.leash.loss.objective;

/**
 * Makes the entropy bonus the mean over tokens, whatever the aggregation of the surrogate, and over
 * those that {@link TopEntropy} keeps if there is such a mask, as in TRL (2026). Without this
 * adjustment the bonus is aggregated as the surrogate is, over all tokens, as in verl.
 *
 * @param over the divisor of the sum of entropies
 */
public record TokenMeanEntropy(Over over) implements Adjustment {
  /** The tokens by whose number the sum of entropies is divided. */
  public enum Over {
    /** Those whose entropy is summed: TRL's grpo, bnpo, dr_grpo, sapo and luspo. */
    SUMMED,
    /** All kept tokens of the batch: TRL's dapo, cispo and vespo. */
    ALL
  }

  @Override
  public boolean needsStatistics() {
    return true;
  }

  @Override
  public void apply(Draft draft) {
    draft.entropyMeanOver = over;
  }
}
