package org.leash.benchmarks.stats;

import java.util.Collection;

/**
 * A positive quantity with its confidence interval: the geometric mean over forks, and Student's t
 * interval of the logarithms.
 *
 * @param center point estimate
 * @param low lower end of the interval; NaN with a single fork, which has no spread
 * @param high upper end
 * @param forks number of values
 */
public record Estimate(double center, double low, double high, int forks) {
  /** Probability that an interval covers the true value. */
  public static final double LEVEL = 0.95;

  /**
   * Estimates from one value per fork.
   *
   * @param perFork positive values
   * @throws IllegalArgumentException there are none, or one is not positive
   */
  public static Estimate of(Collection<Double> perFork) {
    if (perFork.isEmpty() || perFork.stream().anyMatch(value -> !(value > 0))) {
      throw new IllegalArgumentException(
          "an estimate needs one positive value for each fork, not " + perFork);
    }
    int forks = perFork.size();
    double mean = perFork.stream().mapToDouble(Math::log).average().orElseThrow();
    if (forks == 1) {
      return new Estimate(Math.exp(mean), Double.NaN, Double.NaN, 1);
    }
    double squares =
        perFork.stream().mapToDouble(value -> Math.pow(Math.log(value) - mean, 2)).sum();
    double deviation = Math.sqrt(squares / (forks - 1) / forks);
    double t = Student.quantile(forks - 1, (1 + LEVEL) / 2);
    return new Estimate(
        Math.exp(mean), Math.exp(mean - t * deviation), Math.exp(mean + t * deviation), forks);
  }

  /**
   * Half width: the larger distance from the centre to an end, in percent of the centre; NaN with a
   * single fork.
   */
  public double halfWidthPct() {
    return 100 * Math.max(high / center - 1, 1 - low / center);
  }

  /** The same estimate of a proportional quantity, such as a sum of equal times. */
  public Estimate times(double factor) {
    return new Estimate(center * factor, low * factor, high * factor, forks);
  }

  /** The same estimate of an inversely proportional quantity, such as a rate. */
  public Estimate over(double numerator) {
    return new Estimate(numerator / center, numerator / high, numerator / low, forks);
  }
}
