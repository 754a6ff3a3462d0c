package org.leash.benchmarks.stats;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Holm's step-down correction: the probability of any false alarm in a family of comparisons stays
 * below the significance (Holm, Scandinavian Journal of Statistics 6, 1979).
 */
public final class Holm {
  private Holm() {}

  /**
   * Adjusted p-values, in the order of the given ones. A NaN is not a test: it stays, and is not
   * counted.
   */
  public static double[] adjust(double[] p) {
    int[] ascending =
        IntStream.range(0, p.length)
            .filter(i -> !Double.isNaN(p[i]))
            .boxed()
            .sorted(Comparator.comparingDouble(i -> p[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] adjusted = p.clone();
    double least = 0;
    for (int rank = 0; rank < ascending.length; rank++) {
      int i = ascending[rank];
      least = Math.max(least, Math.min(1, (ascending.length - rank) * p[i]));
      adjusted[i] = least;
    }
    return adjusted;
  }
}
