package org.leash.benchmarks.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.leash.benchmarks.csv.ResultStatus;
import org.leash.benchmarks.csv.Sensors;
import org.leash.benchmarks.stats.Estimate;
import org.leash.benchmarks.stats.Quantiles;

/** Warnings about a time, one word each. */
final class Flags {
  /** Intervals of fewer forks are too wide to be of use. */
  private static final int ENOUGH_FORKS = 3;

  private static final double UNSTABLE_IQR_PCT = 10;

  /** Log-ratio between late and early slots above which there is an order bias. */
  private static final double ORDER_BIAS = 0.01;

  /** A larger speedup is more often a mistake than a better kernel. */
  private static final double SUSPICIOUS_SPEEDUP = 10;

  /** Least duration of a block, in multiples of its clock's resolution. */
  private static final double FLOORS = 10;

  /** Generous bound of the resolution and cost of {@link System#nanoTime}. */
  private static final double WALL_FLOOR_NS = 100;

  /** Range of the clock, relative to its median. */
  private static final double CLOCK_DRIFT = 0.05;

  private Flags() {}

  /**
   * The flags of a contender with a time.
   *
   * @param ratio of its time to the base's
   */
  static List<String> of(Series series, Optional<Estimate> ratio, List<Ceiling> ceilings) {
    Map<String, Boolean> flags = new TreeMap<>();
    flags.put("few_forks", series.nanos().size() < ENOUGH_FORKS);
    flags.put("unstable", series.quantiles().relativeIqrPct() > UNSTABLE_IQR_PCT);
    flags.put("not_checked", series.checks().stream().allMatch(check -> Double.isNaN(check.tol())));
    flags.put("order_bias", hasOrderBias(series));
    flags.put(
        "suspicious_speedup", ratio.filter(it -> it.center() < 1 / SUSPICIOUS_SPEEDUP).isPresent());
    flags.put("below_floor", isBelowFloor(series, ceilings));
    flags.put(
        "throttled", series.samples().stream().anyMatch(each -> each.sensors().isThrottled()));
    flags.put("clock_drift", drifts(series));
    return flags.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList();
  }

  private static boolean drifts(Series series) {
    List<Double> clocks =
        series.samples().stream()
            .map(Sample::sensors)
            .map(Sensors::smClockMhz)
            .filter(clock -> clock > 0)
            .toList();
    if (clocks.isEmpty()) {
      return false;
    }
    Quantiles quantiles = Quantiles.of(clocks);
    return (quantiles.max() - quantiles.min()) / quantiles.at(0.5) > CLOCK_DRIFT;
  }

  private static boolean isBelowFloor(Series series, List<Ceiling> ceilings) {
    double floor =
        series.key().get("timing").startsWith("event")
            ? ceilings.stream()
                .filter(each -> each.kind().equals("event_floor"))
                .mapToDouble(Ceiling::rate)
                .min()
                .orElse(0)
            : WALL_FLOOR_NS;
    return series.samples().stream()
        .anyMatch(each -> each.timeNs() * each.launches() < FLOORS * floor);
  }

  /**
   * Whether late slots take longer or shorter than early ones: the interval, over forks, of the
   * ratio of the medians of both halves lies beyond the bound.
   */
  private static boolean hasOrderBias(Series series) {
    int slots = series.samples().stream().mapToInt(Sample::slot).max().orElse(0);
    Map<Integer, List<Double>> early = new TreeMap<>();
    Map<Integer, List<Double>> late = new TreeMap<>();
    for (Sample sample : series.samples()) {
      if (sample.status() == ResultStatus.OK) {
        (2 * sample.slot() <= slots ? early : late)
            .computeIfAbsent(sample.fork(), fork -> new ArrayList<>())
            .add(sample.timeNs());
      }
    }
    List<Double> ratios = new ArrayList<>();
    late.forEach(
        (fork, times) ->
            Optional.ofNullable(early.get(fork))
                .ifPresent(
                    others -> ratios.add(Quantiles.median(times) / Quantiles.median(others))));
    if (ratios.size() < ENOUGH_FORKS) {
      return false;
    }
    Estimate effect = Estimate.of(ratios);
    return Math.log(effect.low()) > ORDER_BIAS || Math.log(effect.high()) < -ORDER_BIAS;
  }
}
