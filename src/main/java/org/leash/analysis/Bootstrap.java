package org.leash.analysis;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Percentile intervals over problems (Efron and Tibshirani 1993, chapter 13): the problems of a
 * benchmark are a sample, and the interval estimates the spread over other samples of the same
 * size. A draw assigns a multiplicity to each problem, so that a sum over problems costs one pass
 * per draw.
 *
 * @param draws number of draws, ≥ 100
 * @param level nominal coverage of the intervals, in (0, 1)
 * @param seed random seed of the draws; equal seeds give equal intervals
 */
public record Bootstrap(int draws, double level, long seed) {
  /** 2000 draws, a level of 95 %. */
  public static final Bootstrap DEFAULT = new Bootstrap(2000, 0.95, 1);

  /** Checks the numbers. */
  public Bootstrap {
    if (draws < 100) {
      throw new IllegalArgumentException("draws = " + draws + ": must be at least 100");
    }
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException("level = " + level + " is outside (0, 1)");
    }
  }

  /**
   * The interval of a statistic of weighted problems.
   *
   * @param problems number of problems
   * @param statistic a function of the weight of each problem, all 1 for the estimate itself; draws
   *     for which it is NaN are ignored
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

  /** The interval of the mean of one value per problem. */
  public Interval mean(double[] values) {
    return of(
        values.length,
        weights -> {
          double sum = 0;
          for (int i = 0; i < values.length; i++) {
            sum += weights[i] * values[i];
          }
          return sum / values.length;
        });
  }

  /** A quantile with linear interpolation between order statistics. */
  private static double quantile(double[] sorted, int count, double probability) {
    double position = probability * (count - 1);
    int below = (int) position;
    int above = Math.min(below + 1, count - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
