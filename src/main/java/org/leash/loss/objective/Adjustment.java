package org.leash.loss.objective;

import org.leash.loss.PolicyLoss;

/**
 * A change that an {@link Objective} makes to the inputs of a token's loss, depending on other
 * tokens: another ratio or advantage, or a dropped token. For every surrogate, multiplying the
 * advantage by a constant ≥ 0 is the same as multiplying the surrogate.
 *
 * <p>Adjustments apply in the order in which they are permitted here, whatever their order in an
 * objective.
 */
public sealed interface Adjustment
    permits TopEntropy,
        StaleSequenceMask,
        ClipCov,
        KlCov,
        KlToOld,
        TokenMeanEntropy,
        SequenceRatio,
        GeometricMeanRatio,
        SequenceWeight {

  /** Whether the adjustment depends on the current log-probabilities or entropies. */
  boolean needsStatistics();

  /** Changes the draft. */
  void apply(Draft draft);

  /**
   * Why the adjustment cannot change this loss, as a sentence without a subject, such as "is for
   * clipped losses"; "" if it can.
   */
  default String refusal(PolicyLoss policy) {
    return "";
  }

  /** Whether the adjustment replaces the ratio of a token by one of its response. */
  default boolean ownsRatio() {
    return false;
  }
}
