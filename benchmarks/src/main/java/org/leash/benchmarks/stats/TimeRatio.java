package org.leash.benchmarks.stats;

import java.util.Arrays;
import java.util.OptionalInt;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;
import org.apache.commons.statistics.inference.TTest;

/**
 * The ratio of two times, candidate to base, estimated on its logarithm with the fork as the unit
 * of replication.
 *
 * <p>Inside a run both sides were timed in the same forks and rounds: each fork gives one
 * log-ratio, and the interval and p-value are those of the paired t-test. Forks of different runs
 * are unrelated, so two runs are compared by Welch's test on the forks' log-times, which does not
 * assume equal spread. Neither detects an effect that shifts a whole run.
 *
 * @param mean of the log-ratio
 * @param standardError of the mean; NaN where a side has a single fork
 * @param degrees of freedom of Student's distribution
 * @param p two-sided, of the hypothesis that the times are equal; NaN if the spread is unknown
 * @param forks of the side with fewer
 * @param paired whether forks were paired
 */
public record TimeRatio(
    double mean, double standardError, double degrees, double p, int forks, boolean paired) {
  /** Probability that a run with the suggested number of forks decides. */
  private static final double POWER = 0.9;

  /** Probability that the spread is no larger than assumed. */
  private static final double CAUTION = 0.75;

  /** Largest number of forks to suggest. */
  private static final int MOST_FORKS = 200;

  /**
   * From one log-ratio per fork.
   *
   * @throws IllegalArgumentException there are none
   */
  public static TimeRatio paired(double[] perFork) {
    requireForks(perFork);
    double mean = Arrays.stream(perFork).average().orElseThrow();
    int forks = perFork.length;
    double standardError = Math.sqrt(variance(perFork, mean) / forks);
    double p =
        standardError > 0 ? TTest.withDefaults().test(perFork).getPValue() : certain(mean, forks);
    return new TimeRatio(mean, standardError, forks - 1, p, forks, true);
  }

  /**
   * From one log-time per fork of each side.
   *
   * @throws IllegalArgumentException a side has none
   */
  public static TimeRatio unpaired(double[] base, double[] candidate) {
    requireForks(base);
    requireForks(candidate);
    double baseMean = Arrays.stream(base).average().orElseThrow();
    double candidateMean = Arrays.stream(candidate).average().orElseThrow();
    double mean = candidateMean - baseMean;
    int forks = Math.min(base.length, candidate.length);
    double standardError =
        Math.sqrt(
            variance(base, baseMean) / base.length
                + variance(candidate, candidateMean) / candidate.length);
    if (!(standardError > 0)) {
      double degrees = base.length + candidate.length - 2;
      return new TimeRatio(mean, standardError, degrees, certain(mean, forks), forks, false);
    }
    TTest.Result test = TTest.withDefaults().test(candidate, base);
    return new TimeRatio(
        mean, standardError, test.getDegreesOfFreedom(), test.getPValue(), forks, false);
  }

  private static void requireForks(double[] perFork) {
    if (perFork.length == 0) {
      throw new IllegalArgumentException("a ratio needs at least one fork");
    }
  }

  private static double variance(double[] values, double mean) {
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    return squares / (values.length - 1);
  }

  /** The p-value of values without spread; NaN for a single value. */
  private static double certain(double mean, int forks) {
    return forks < 2 ? Double.NaN : mean == 0 ? 1 : 0;
  }

  public double ratio() {
    return Math.exp(mean);
  }

  /** Lower end of the interval of {@link Estimate#LEVEL}; NaN with a single fork. */
  public double low() {
    return Math.exp(mean - halfWidth());
  }

  /** Upper end of the interval. */
  public double high() {
    return Math.exp(mean + halfWidth());
  }

  /** Half width of the interval of the log-ratio. */
  public double halfWidth() {
    return Double.isNaN(standardError)
        ? Double.NaN
        : Student.quantile(degrees, (1 + Estimate.LEVEL) / 2) * standardError;
  }

  /** Whether the interval excludes equality. */
  public boolean excludesEquality() {
    return Math.abs(mean) > halfWidth();
  }

  /** Whether the whole interval lies within some absolute log-ratio. */
  public boolean isWithin(double distance) {
    return Math.abs(mean) + halfWidth() <= distance;
  }

  /**
   * Number of forks per side that would decide with a probability of 0.9, assuming the same mean
   * and a spread that is as large as few forks may hide: for a mean outside the zone, to show that
   * it differs from zero and lies outside; for a mean inside, to show that it lies inside.
   *
   * @param zone half width of the zone of equivalence, as a log-ratio
   * @param floor noise floor with the present forks, which widens the zone; falls with the square
   *     root of their number
   * @param significance threshold of p
   * @return empty if the spread is unknown or no reasonable number suffices
   */
  public OptionalInt forksToDecide(double zone, double floor, double significance) {
    if (Double.isNaN(standardError)) {
      return OptionalInt.empty();
    }
    double distance = Math.abs(mean);
    double widest = standardError * Math.sqrt(degrees / lowChiSquared());
    for (int count = forks + 1; count <= MOST_FORKS; count++) {
      double fewerTimes = Math.sqrt((double) forks / count);
      double error = widest * fewerTimes;
      double width = Math.max(zone, floor * fewerTimes);
      double df = paired ? count - 1 : 2 * (count - 1);
      double luck = Student.quantile(df, POWER) * error;
      boolean differs =
          Student.quantile(df, 1 - significance / 2) * error + luck <= distance
              && distance - luck >= width;
      boolean same =
          distance + Student.quantile(df, (1 + Estimate.LEVEL) / 2) * error + luck <= width;
      if (differs || same) {
        return OptionalInt.of(count);
      }
    }
    return OptionalInt.empty();
  }

  private double lowChiSquared() {
    return ChiSquaredDistribution.of(degrees).inverseCumulativeProbability(1 - CAUTION);
  }
}
