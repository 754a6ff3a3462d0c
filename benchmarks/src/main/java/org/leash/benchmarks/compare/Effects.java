package org.leash.benchmarks.compare;

import java.util.Optional;
import org.leash.benchmarks.data.Series;
import org.leash.benchmarks.stats.LogRatio;
import org.leash.benchmarks.stats.Quantiles;

/** The ratio of the times of two contenders, and of the clocks they ran at where it was sampled. */
final class Effects {
  private Effects() {}

  /**
   * The ratio of the times.
   *
   * @param sameRun whether a fork's number means the same process on both sides
   */
  static LogRatio between(Series base, Series candidate, boolean sameRun) {
    if (sameRun) {
      double[] perFork =
          candidate.logRatiosTo(base).stream().mapToDouble(Double::doubleValue).toArray();
      if (perFork.length > 0) {
        return LogRatio.paired(perFork);
      }
    }
    return LogRatio.unpaired(forks(base), forks(candidate));
  }

  /**
   * Logarithm of the ratio of the median clocks of the device; empty unless the clock was read with
   * every block. Added to that of the times it gives the ratio of cycles.
   */
  static Optional<Double> clockShift(Series base, Series candidate) {
    return hasClock(base) && hasClock(candidate)
        ? Optional.of(Math.log(clock(candidate) / clock(base)))
        : Optional.empty();
  }

  private static boolean hasClock(Series series) {
    return series.samples().stream().allMatch(each -> each.sensors().smClockMhz() > 0);
  }

  private static double clock(Series series) {
    return Quantiles.median(
        series.samples().stream().map(each -> each.sensors().smClockMhz()).toList());
  }

  /** The logarithm of each fork's median. */
  private static double[] forks(Series series) {
    return series.nanos().values().stream()
        .mapToDouble(rounds -> Math.log(Quantiles.median(rounds.values())))
        .toArray();
  }
}
