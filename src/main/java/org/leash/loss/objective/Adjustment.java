package org.leash.loss.objective;

/**
 * A change that an {@link Objective} makes to the inputs of a token's loss, depending on other
 * tokens: another ratio or advantage, or a dropped token. For every surrogate, multiplying the
 * advantage by a constant ≥ 0 is the same as multiplying the surrogate.
 */
public sealed interface Adjustment
    permits SequenceRatio,
        GeometricMeanRatio,
        SequenceWeight,
        StaleSequenceMask,
        ClipCov,
        KlCov,
        KlToOld,
        TopEntropy,
        SequenceRollout {

  /** Whether the adjustment depends on the current log-probabilities or entropies. */
  boolean needsStatistics();

  /** Changes the draft. */
  void apply(Draft draft);
}
