package org.leash.loss.objective;

import java.util.Arrays;

/**
 * Keeps the surrogate of only the tokens with the highest entropy, the forks of a chain of thought.
 * Wang et al., arXiv 2506.01939 (2025). Entropies and their quantile are taken in single precision,
 * so that ties fall as in TRL.
 *
 * @param fraction of the kept tokens, in (0, 1]; 0.2 in the paper. The threshold, which is
 *     inclusive, is the quantile 1 − fraction with linear interpolation
 */
public record TopEntropy(double fraction) implements Adjustment {
  /** Checks the fraction. */
  public TopEntropy {
    if (!(fraction > 0.0 && fraction <= 1.0)) {
      throw new IllegalArgumentException("fraction = " + fraction + ": must be in (0, 1]");
    }
  }

  @Override
  public boolean needsStatistics() {
    return true;
  }

  @Override
  public void apply(Draft draft) {
    double[] entropy = draft.columns.entropy();
    if (entropy == null) {
      throw new IllegalArgumentException("a mask by entropy needs the entropies of the tokens");
    }
    double[] sorted = draft.sequences.compact(entropy);
    if (sorted.length == 0) {
      return;
    }
    Arrays.sort(sorted);
    float threshold = quantile(sorted, (float) (1.0 - fraction));
    for (int t = 0; t < entropy.length; t++) {
      if (draft.sequences.isKept(t) && (float) entropy[t] < threshold) {
        draft.advantage[t] = 0.0;
        draft.hasLowEntropy[t] = true;
      }
    }
  }

  /** In the arithmetic of torch.quantile, which decides ties. */
  private static float quantile(double[] sorted, float q) {
    float place = q * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    float share = place - below;
    float low = (float) sorted[below];
    float high = (float) sorted[above];
    return share < 0.5f ? low + share * (high - low) : high - (high - low) * (1.0f - share);
  }
}
