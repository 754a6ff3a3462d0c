package org.leash.benchmarks.compare;

import java.util.Optional;
import org.leash.benchmarks.record.Series;
import org.leash.benchmarks.stats.LogRatio;
import org.leash.benchmarks.stats.Quantiles;

/** The ratio of the times of two contenders, and of the clocks they ran at where it was sampled. */
final class Effects {
  private Effects() {}

  /**
   * The ratio of the times: fork by fork inside a run; between two, that of the forks' times or,
   * where both sides have an anchor, of their multiples of it.
   */
  static LogRatio between(Contestant base, Contestant candidate) {
    if (base.runId().equals(candidate.runId())) {
      double[] perFork = ratios(candidate.series(), base.series());
      if (perFork.length > 0) {
        return LogRatio.paired(perFork);
      }
    } else if (base.anchor().isPresent() && candidate.anchor().isPresent()) {
      double[] before = ratios(base.series(), base.anchor().get());
      double[] after = ratios(candidate.series(), candidate.anchor().get());
      if (before.length > 0 && after.length > 0) {
        return LogRatio.unpaired(before, after);
      }
    }
    return LogRatio.unpaired(forks(base.series()), forks(candidate.series()));
  }

  /** The logarithm of each fork's ratio. */
  private static double[] ratios(Series series, Series other) {
    return series.logRatiosTo(other).stream().mapToDouble(Double::doubleValue).toArray();
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
