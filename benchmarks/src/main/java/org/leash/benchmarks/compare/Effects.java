package org.leash.benchmarks.compare;

import java.util.Optional;
import org.leash.benchmarks.record.Series;
import org.leash.benchmarks.stats.LogRatio;
import org.leash.benchmarks.stats.Quantiles;

/** Ratios of two contenders' times and of their device's clocks. */
final class Effects {
  private Effects() {}

  /**
   * The ratio of times: by fork inside a run; between two runs, of the forks' times or, if both
   * sides have an anchor, of their multiples of its time.
   */
  static LogRatio between(RecordedContender base, RecordedContender candidate) {
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

  /** Log-ratio of each fork. */
  private static double[] ratios(Series series, Series other) {
    return series.logRatiosTo(other).stream().mapToDouble(Double::doubleValue).toArray();
  }

  /**
   * Log-ratio of the device's median clocks; empty unless every block has a clock. Added to that of
   * the times it is the log-ratio of cycles.
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

  /** Logarithm of each fork's median. */
  private static double[] forks(Series series) {
    return series.nanos().values().stream()
        .mapToDouble(rounds -> Math.log(Quantiles.median(rounds.values())))
        .toArray();
  }
}
