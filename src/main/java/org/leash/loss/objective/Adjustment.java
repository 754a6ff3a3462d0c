package org.leash.loss.objective;

/**
 * What an {@link Objective} does to the inputs of a token's loss in view of other tokens: another
 * ratio, another advantage, a token dropped. Multiplying the advantage with a constant ≥ 0 is
 * exactly the same as multiplying the surrogate, for every surrogate there is.
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

  /** Whether it looks at the current log-probabilities or entropies. */
  boolean needsStatistics();

  /** Changes the draft. */
  void apply(Draft draft);
}
