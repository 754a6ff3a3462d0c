package org.leash.analysis;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Percentile intervals over problems (Efron and Tibshirani 1993, chapter 13): the problems of a
 * benchmark are a sample, and the interval estimates the spread over other samples of the same
 * size. A draw is the number of times that each problem occurs in it, so a statistic that is a sum
 * over problems costs one pass a draw.
 *
 * @param draws how many, ≥ 100
 * @param level the probability that an interval covers the true value, in (0, 1)
 * @param seed of the draws: the same seed gives the same intervals
 */
public record Bootstrap(int draws, double level, long seed) {
  /** Two thousand draws, 95 %. */
  public static final Bootstrap DEFAULT = new Bootstrap(2000, 0.95, 1);

  /** Checks the numbers. */
  public Bootstrap {
    if (draws < 100) {
      throw new IllegalArgumentException("draws = " + draws + ": take at least 100");
    }
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException("level = " + level + " is outside (0, 1)");
    }
  }

  /**
   * The interval of a statistic of weighted problems.
   *
   * @param problems how many there are
   * @param statistic from the weight of each problem, all 1 for the estimate itself; a draw for
   *     which it is NaN is left out
   */
  public Interval of(int problems, ToDoubleFunction<int[]> statistic) {
    int[] weights = new int[problems];
    Arrays.fill(weights, 1);
    double value = statistic.applyAsDouble(weights);
    if (problems < 2) {
      return new Interval(value, Double.NaN, Double.NaN);
    }
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[draws];
    int defined = 0;
    for (int draw = 0; draw < draws; draw++) {
      Arrays.fill(weights, 0);
      for (int i = 0; i < problems; i++) {
        weights[random.nextInt(problems)]++;
      }
      double drawn = statistic.applyAsDouble(weights);
      if (!Double.isNaN(drawn)) {
        values[defined++] = drawn;
      }
    }
    if (defined == 0) {
      return new Interval(value, Double.NaN, Double.NaN);
    }
    Arrays.sort(values, 0, defined);
    double tail = (1 - level) / 2;
    return new Interval(
        value, quantile(values, defined, tail), quantile(values, defined, 1 - tail));
  }

  /** Linear between order statistics. */
  private static double quantile(double[] sorted, int count, double probability) {
    double position = probability * (count - 1);
    int below = (int) position;
    int above = Math.min(below + 1, count - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
