package org.leash.loss.objective;

import org.leash.loss.PolicyLoss;

/**
 * Corrects for the sampler with one weight for each response, from its oldLogprob − rolloutLogprob,
 * in place of one for each token. As it depends on nothing that the update changes, it is a factor
 * of the advantages and leaves the pass fused. Liu et al., "When Speed Kills Stability" (2025).
 *
 * @param of PRODUCT: the whole response's weight; MEAN: the geometric mean of its tokens'
 * @param outside what becomes of a response whose weight is out of bounds
 * @param floor least weight within bounds, ≥ 0
 * @param cap largest weight within bounds
 */
public record SequenceRollout(SequenceRatio.Of of, Outside outside, double floor, double cap)
    implements Adjustment {

  /** What becomes of a response whose weight is out of bounds. */
  public enum Outside {
    /** Its weight is the nearer bound: truncated importance sampling. */
    TRUNCATED,
    /** Its weight is 0: masked importance sampling; TRL's sequence_mask has [0, 3]. */
    MASKED,
    /** Its weight is 0, and 1 for responses within bounds: verl's rejection sampling. */
    REJECTED
  }

  /** Checks the bounds. */
  public SequenceRollout {
    if (!(floor >= 0.0 && floor <= cap && cap > 0.0)) {
      throw new IllegalArgumentException(
          "floor = " + floor + ", cap = " + cap + ": take 0 <= floor <= cap, cap > 0");
    }
  }

  @Override
  public boolean needsStatistics() {
    return false;
  }

  @Override
  public void apply(Draft draft) {
    if (draft.columns.rolloutLogprob() == null) {
      return;
    }
    draft.rolloutIsUsed = true;
    for (int i = 0; i < draft.sequences.count(); i++) {
      double sum = draft.sum(i, draft::logRolloutRatio);
      double log = of == SequenceRatio.Of.MEAN ? sum / draft.sequences.length(i) : sum;
      double w = Math.exp(log);
      boolean out = w < floor || w > cap;
      double weight =
          switch (outside) {
            case TRUNCATED -> Math.clamp(w, floor, cap);
            case MASKED -> out ? 0.0 : w;
            case REJECTED -> out ? 0.0 : 1.0;
          };
      draft.forEachKept(
          i,
          t -> {
            draft.advantage[t] *= weight;
            draft.flags[t] |= out ? PolicyLoss.CLIPPED_ROLLOUT : 0;
          });
    }
  }
}
