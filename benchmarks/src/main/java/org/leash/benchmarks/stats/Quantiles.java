package org.leash.benchmarks.stats;

import java.util.Arrays;
import java.util.Collection;

/**
 * Quantiles of a sample, with linear interpolation between order statistics (Hyndman and Fan 1996,
 * type 7).
 */
public final class Quantiles {
  private final double[] sorted;

  private Quantiles(double[] sorted) {
    this.sorted = sorted;
  }

  /**
   * Sorts a copy of the values.
   *
   * @throws IllegalArgumentException there are no values
   */
  public static Quantiles of(Collection<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("quantiles need at least one value");
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return new Quantiles(sorted);
  }

  /** The median of some values. */
  public static double median(Collection<Double> values) {
    return of(values).at(0.5);
  }

  /** The quantile at a probability in [0, 1]. */
  public double at(double probability) {
    double position = probability * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }

  public double min() {
    return sorted[0];
  }

  public double max() {
    return sorted[sorted.length - 1];
  }

  /** Interquartile range in percent of the median. */
  public double relativeIqrPct() {
    return 100 * (at(0.75) - at(0.25)) / at(0.5);
  }
}
