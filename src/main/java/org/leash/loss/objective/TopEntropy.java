package org.leash.loss.objective;

import java.util.Arrays;

/**
 * Keeps the surrogate of only the tokens with the highest entropy, the forks of a chain of thought.
 * Wang et al., arXiv 2506.01939 (2025).
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
    double place = (1.0 - fraction) * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    double threshold = sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    for (int t = 0; t < entropy.length; t++) {
      if (draft.sequences.isKept(t) && entropy[t] < threshold) {
        draft.advantage[t] = 0.0;
      }
    }
  }
}
