package org.leash.benchmarks.record;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.ResultStatus;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.plan.CaseKey;
import org.leash.benchmarks.plan.Identity.Role;
import org.leash.benchmarks.stats.Estimate;
import org.leash.benchmarks.stats.Quantiles;

/**
 * Derives results.csv from samples.csv, checks.csv and ceilings.csv alone. A contender has a time
 * only if all its checks passed in all forks.
 */
public final class Derivation {
  /** Repeated measurements of a rate differ by a few percent; a larger excess is an error. */
  private static final double HIGHEST_PCT_OF_CEILING = 110;

  private final RecordedRun run;
  private final Roof roof;
  private final String wantedBase;

  private Derivation(RecordedRun run, String wantedBase) {
    this.run = run;
    this.roof = Roof.of(run.ceilings());
    this.wantedBase = wantedBase;
  }

  /**
   * Derives the results of a run, deterministically, in the order in which contenders first appear
   * in the files.
   *
   * @param base variant that ratios refer to; "" for the baseline if there is one, else the fastest
   *     candidate
   */
  public static List<Row> of(RecordedRun run, String base) {
    return new Derivation(run, base).results();
  }

  private List<Row> results() {
    List<Row> results = new ArrayList<>();
    for (List<Series> members : run.cases().values()) {
      Optional<Series> base = base(members);
      members.forEach(each -> results.addAll(rows(each, base)));
    }
    if (!run.schema().isEmpty()) {
      results.forEach(row -> row.set("schema", run.schema()).set("run_id", run.runId()));
    }
    return results;
  }

  private Optional<Series> base(List<Series> members) {
    List<Series> good = members.stream().filter(Series::isGood).toList();
    if (!wantedBase.isEmpty()) {
      return good.stream()
          .filter(
              each -> each.key().get("variant").equals(wantedBase) && !Role.NULL.isOf(each.key()))
          .findFirst();
    }
    return good.stream()
        .filter(each -> Role.BASELINE.isOf(each.key()))
        .findFirst()
        .or(
            () ->
                good.stream()
                    .filter(each -> Role.CANDIDATE.isOf(each.key()))
                    .min(Comparator.comparingDouble(each -> each.estimate().center())));
  }

  private List<Row> rows(Series series, Optional<Series> base) {
    Key key = series.key();
    Row time = metric(series, timeMetric(key), "ns", "lower");
    if (!series.isGood()) {
      return List.of(time.set("status", series.status()).set("reason", series.reason()));
    }
    Optional<Estimate> ratio = base.flatMap(series::ratioTo);
    List<String> flags = new ArrayList<>(Flags.of(series, ratio, run.ceilings()));
    addSpread(time, series);
    ratio.ifPresent(it -> addRatio(time, it, base.orElseThrow()));
    Estimate nanos = series.estimate();
    Traffic traffic = Traffic.of(key);
    if (key.get("op").equals("dispatch") || traffic.bytes() == 0) {
      return List.of(complete(time, nanos, ResultStatus.OK, flags));
    }

    ResultStatus status = addCeiling(time, series, traffic, flags);
    return List.of(
        complete(time, nanos, status, flags),
        complete(
            metric(series, "throughput", "GB/s", "higher"),
            nanos.over((double) traffic.bytes()),
            status,
            flags),
        complete(
            metric(series, "rows_per_s", "1/s", "higher"),
            nanos.over(1e9 * Double.parseDouble(key.get("rows"))),
            status,
            flags));
  }

  /** Name of the time: between device events, until the call returns, or until its work is done. */
  private static String timeMetric(Key key) {
    if (key.get("op").equals("dispatch")) {
      return "downcall_time";
    }
    return switch (key.get("timing")) {
      case "event", "event_batch", "graph" -> "device_time";
      case "wall_submit" -> "submit_time";
      default -> "wall_sync_time";
    };
  }

  private static Row metric(Series series, String metric, String unit, String better) {
    Key key = series.key();
    Row row =
        Row.of(RunTable.RESULTS)
            .set(key)
            .set("case_id", key.caseId())
            .set("metric", metric)
            .set("unit", unit)
            .set("better", better)
            .set("repro", CaseKey.command(key));
    series.checks().stream()
        .filter(check -> !Double.isNaN(check.maxRelErr()))
        .max(Comparator.comparingDouble(RecordedCheck::maxRelErr))
        .ifPresent(
            worst ->
                row.set("max_abs_err", worst.maxAbsErr())
                    .set("max_rel_err", worst.maxRelErr())
                    .set("tol", worst.tol())
                    .set("reference", worst.reference()));
    return row;
  }

  private static void addSpread(Row time, Series series) {
    Quantiles quantiles = series.quantiles();
    time.set("q05", quantiles.at(0.05))
        .set("q25", quantiles.at(0.25))
        .set("q75", quantiles.at(0.75))
        .set("q95", quantiles.at(0.95))
        .set("min", quantiles.min())
        .set("max", quantiles.max())
        .set("rel_iqr_pct", quantiles.relativeIqrPct())
        .set("n_rounds", series.rounds())
        .set("n_samples", series.samples().size());
  }

  private static void addRatio(Row time, Estimate ratio, Series base) {
    time.set("ratio_to_base", ratio.center())
        .set("ratio_ci_lo", ratio.low())
        .set("ratio_ci_hi", ratio.high())
        .set("base", base.key().get("variant"));
  }

  private ResultStatus addCeiling(Row time, Series series, Traffic traffic, List<String> flags) {
    time.set("bytes_model", traffic.model())
        .set("bytes_read", traffic.bytesRead())
        .set("bytes_written", traffic.bytesWritten());
    Optional<Roof.Bound> bound = roof.over(series.key());
    if (bound.isEmpty()) {
      return ResultStatus.OK;
    }
    double pct = 100 * bound.get().nanos() / series.estimate().center();
    time.set("ceiling_kind", bound.get().kind())
        .set("ceiling_gbps", bound.get().gbps())
        .set("pct_ceiling", pct);
    if (pct > HIGHEST_PCT_OF_CEILING) {
      flags.add("over_ceiling");
      time.set("reason", String.format(Locale.ROOT, "%.0f %% of the ceiling", pct));
      return ResultStatus.INVALID;
    }
    return ResultStatus.OK;
  }

  /** Fills in the estimate if the status is OK. */
  private static Row complete(Row row, Estimate estimate, ResultStatus status, List<String> flags) {
    row.set("status", status).set("flags", String.join(";", flags));
    if (status == ResultStatus.OK) {
      row.set("center", estimate.center())
          .set("ci_lo", estimate.low())
          .set("ci_hi", estimate.high())
          .set("ci_level", Estimate.LEVEL)
          .set("n_forks", estimate.forks());
    }
    return row;
  }
}
