package org.leash.benchmarks.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.ResultStatus;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.record.Derivation;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.record.Series;
import org.leash.benchmarks.stats.Estimate;
import org.leash.benchmarks.stats.TimeRatio;

/**
 * A contender of a run: its samples and its time in results.csv.
 *
 * @param runId of its run
 * @param time row of its time
 * @param anchor the anchor in the same case; empty if there is none
 */
public record RecordedContender(String runId, Series series, Row time, Optional<Series> anchor) {

  /** All contenders of a run in the order of its results, including twins. */
  public static List<RecordedContender> of(RecordedRun run) {
    return of(run, Optional.empty());
  }

  /**
   * All contenders of a run.
   *
   * @param anchor variant with the same code in the compared runs
   */
  static List<RecordedContender> of(RecordedRun run, Optional<String> anchor) {
    Map<Key, Row> times = new HashMap<>();
    for (Row row : Derivation.of(run, "")) {
      if (row.get("metric").endsWith("_time")) {
        times.put(Key.of(row), row);
      }
    }
    List<RecordedContender> contenders = new ArrayList<>();
    for (List<Series> contest : run.cases().values()) {
      Optional<Series> fixed =
          contest.stream()
              .filter(each -> isAnchor(each.key(), anchor) && isGood(times.get(each.key())))
              .min(Comparator.comparing(each -> each.key().get("inplace")));
      for (Series series : contest) {
        contenders.add(
            new RecordedContender(
                run.runId(),
                series,
                times.get(series.key()),
                fixed.filter(each -> !isAnchor(series.key(), anchor))));
      }
    }
    return contenders;
  }

  private static boolean isAnchor(Key key, Optional<String> anchor) {
    return anchor.filter(name -> Anchoring.isAnchor(key, name)).isPresent();
  }

  private static boolean isGood(Row time) {
    return time.get("status").equals(ResultStatus.OK.name());
  }

  public Key key() {
    return series.key();
  }

  /** Whether it is an A/A twin, which measures noise and is not a candidate. */
  public boolean isTwin() {
    return key().get("role").equals("null");
  }

  public ResultStatus status() {
    return ResultStatus.valueOf(time.get("status"));
  }

  public boolean isGood() {
    return isGood(time);
  }

  /** Nanoseconds per launch; empty unless the status is OK. */
  public Optional<Estimate> nanos() {
    return isGood() ? Optional.of(series.estimate()) : Optional.empty();
  }

  /**
   * The ratio of a candidate's time to this one's: by fork inside a run; between two runs, of the
   * forks' times or, if both sides have an anchor, of their multiples of its time.
   */
  TimeRatio timeRatioOf(RecordedContender candidate) {
    if (runId.equals(candidate.runId)) {
      double[] perFork = candidate.series.logRatiosTo(series);
      if (perFork.length > 0) {
        return TimeRatio.paired(perFork);
      }
    } else if (anchor.isPresent() && candidate.anchor.isPresent()) {
      double[] before = series.logRatiosTo(anchor.get());
      double[] after = candidate.series.logRatiosTo(candidate.anchor.get());
      if (before.length > 0 && after.length > 0) {
        return TimeRatio.unpaired(before, after);
      }
    }
    return TimeRatio.unpaired(series.logMedians(), candidate.series.logMedians());
  }

  /** Percentage of the measured ceiling; empty without one. */
  public OptionalDouble pctOfCeiling() {
    String pct = time.get("pct_ceiling");
    return pct.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(pct));
  }

  /** The status and its reason, for readers. */
  public String complaint() {
    String reason = time.get("reason");
    return reason.isEmpty() ? status().name() : status() + ": " + reason;
  }
}
