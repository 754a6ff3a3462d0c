package org.leash.loss.objective;

import org.leash.loss.PolicyLoss;

/**
 * Corrects for the sampler with one weight per response instead of per token, from its oldLogprob −
 * rolloutLogprob. The weight is independent of the update, so it becomes a factor of the advantages
 * and the pass stays fused. Liu et al., "When Speed Kills Stability" (2025).
 *
 * @param of PRODUCT: the weight of the whole response; MEAN: the geometric mean of its tokens'
 *     weights
 * @param outside the treatment of responses with a weight outside [floor, cap]
 * @param floor the smallest weight within bounds, ≥ 0
 * @param cap the largest weight within bounds
 */
public record SequenceRollout(SequenceRatio.Of of, Outside outside, double floor, double cap)
    implements Adjustment {

  /** The treatment of responses with a weight out of bounds. */
  public enum Outside {
    /** The weight becomes the nearer bound: truncated importance sampling. */
    TRUNCATED,
    /** The weight becomes 0: masked importance sampling, as TRL's sequence_mask with [0, 3]. */
    MASKED,
    /** The weight becomes 0, and 1 for responses within bounds: verl's rejection sampling. */
    REJECTED
  }

  /** Checks the bounds. */
  public SequenceRollout {
    if (!(floor >= 0.0 && floor <= cap && cap > 0.0)) {
      throw new IllegalArgumentException(
          "floor = " + floor + ", cap = " + cap + ": needs 0 <= floor <= cap, cap > 0");
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
