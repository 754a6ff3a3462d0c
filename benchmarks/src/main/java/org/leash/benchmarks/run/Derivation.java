package org.leash.benchmarks.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunFolder;
import org.leash.benchmarks.csv.Status;
import org.leash.benchmarks.csv.Table;
import org.leash.benchmarks.stats.Estimate;
import org.leash.benchmarks.stats.Quantiles;

/**
 * Makes results.csv from samples.csv, checks.csv and ceilings.csv, and from nothing else. A
 * contender has a time only if every check of it passed in every fork.
 */
public final class Derivation {
  /**
   * Two measurements of the same rate on a shared machine differ by a few percent; more is a
   * mistake.
   */
  private static final double HIGHEST_PCT_OF_CEILING = 110;

  private static final double UNSTABLE_IQR_PCT = 10;
  private static final int ENOUGH_FORKS = 3;

  private final Map<Key, Measured> measured = new LinkedHashMap<>();
  private final Roof roof;
  private final String wantedBase;

  private Derivation(List<Row> samples, List<Row> checks, List<Row> ceilings, String wantedBase) {
    samples.forEach(row -> of(row).addSample(row));
    checks.forEach(row -> of(row).addCheck(row));
    this.roof = Roof.of(ceilings);
    this.wantedBase = wantedBase;
  }

  private Measured of(Row row) {
    return measured.computeIfAbsent(Key.of(row), Measured::new);
  }

  /**
   * Derives the results of a run.
   *
   * @param base the variant that ratios refer to; "" for the baseline where there is one, else the
   *     fastest candidate
   */
  public static List<Row> of(Path folder, String base) {
    return of(
        RunFolder.read(folder, Table.SAMPLES),
        RunFolder.read(folder, Table.CHECKS),
        RunFolder.read(folder, Table.CEILINGS),
        base);
  }

  static List<Row> of(List<Row> samples, List<Row> checks, List<Row> ceilings, String base) {
    return new Derivation(samples, checks, ceilings, base).results();
  }

  private List<Row> results() {
    Map<String, List<Measured>> contests = new LinkedHashMap<>();
    measured
        .values()
        .forEach(
            each ->
                contests
                    .computeIfAbsent(each.key().contest(), contest -> new ArrayList<>())
                    .add(each));
    List<Row> results = new ArrayList<>();
    for (List<Measured> contest : contests.values()) {
      Optional<Measured> base = base(contest);
      contest.forEach(each -> results.addAll(rows(each, base)));
    }
    return results;
  }

  private Optional<Measured> base(List<Measured> contest) {
    List<Measured> good = contest.stream().filter(Measured::isGood).toList();
    if (!wantedBase.isEmpty()) {
      return good.stream()
          .filter(
              each ->
                  each.key().get("variant").equals(wantedBase)
                      && !isRole(each, Contender.Role.NULL))
          .findFirst();
    }
    return good.stream()
        .filter(each -> isRole(each, Contender.Role.BASELINE))
        .findFirst()
        .or(
            () ->
                good.stream()
                    .filter(each -> isRole(each, Contender.Role.CANDIDATE))
                    .min(Comparator.comparingDouble(each -> each.nanos().center())));
  }

  private static boolean isRole(Measured measured, Contender.Role role) {
    return measured.key().get("role").equalsIgnoreCase(role.name());
  }

  private List<Row> rows(Measured measured, Optional<Measured> base) {
    Key key = measured.key();
    boolean dispatch = key.get("op").equals("dispatch");
    Row time = metric(measured, dispatch ? "downcall_time" : "wall_sync_time", "ns", "lower");
    if (!measured.isGood()) {
      Optional<Row> failure = measured.failure();
      return List.of(
          time.set("status", failure.map(row -> row.get("status")).orElse(Status.SKIPPED.name()))
              .set("reason", failure.map(row -> row.get("reason")).orElse("no time was taken")));
    }
    StringJoiner flags = new StringJoiner(";");
    addSpread(time, measured, flags);
    base.flatMap(measured::ratioTo).ifPresent(ratio -> addRatio(time, ratio, base.orElseThrow()));
    if (dispatch) {
      return List.of(complete(time, measured.nanos(), Status.OK, flags));
    }

    long read = bytes(key);
    long written = matrixIsWritten(key) ? read : 0;
    Status status = addCeiling(time, measured, read, written, flags);
    Estimate nanos = measured.nanos();
    return List.of(
        complete(time, nanos, status, flags),
        complete(
            metric(measured, "throughput", "GB/s", "higher"),
            nanos.over((double) (read + written)),
            status,
            flags),
        complete(
            metric(measured, "rows_per_s", "1/s", "higher"),
            nanos.over(1e9 * Double.parseDouble(key.get("rows"))),
            status,
            flags));
  }

  private static Row metric(Measured measured, String metric, String unit, String better) {
    Key key = measured.key();
    Row row =
        Row.of(Table.RESULTS)
            .set(key)
            .set("case_id", key.caseId())
            .set("metric", metric)
            .set("unit", unit)
            .set("better", better)
            .set("repro", Reproduction.command(key));
    measured.checks().stream()
        .filter(check -> !check.get("max_rel_err").isEmpty())
        .max(Comparator.comparingDouble(check -> check.number("max_rel_err")))
        .ifPresent(
            worst -> {
              for (String column : List.of("max_abs_err", "max_rel_err", "tol", "reference")) {
                row.set(column, worst.get(column));
              }
            });
    return row;
  }

  private static void addSpread(Row time, Measured measured, StringJoiner flags) {
    Quantiles quantiles = measured.quantiles();
    time.set("q05", quantiles.at(0.05))
        .set("q25", quantiles.at(0.25))
        .set("q75", quantiles.at(0.75))
        .set("q95", quantiles.at(0.95))
        .set("min", quantiles.min())
        .set("max", quantiles.max())
        .set("rel_iqr_pct", quantiles.relativeIqrPct())
        .set("n_rounds", measured.rounds())
        .set("n_samples", measured.samples());
    if (quantiles.relativeIqrPct() > UNSTABLE_IQR_PCT) {
      flags.add("unstable");
    }
    if (measured.nanos().forks() < ENOUGH_FORKS) {
      flags.add("few_forks");
    }
    if (measured.checks().isEmpty()) {
      flags.add("not_checked");
    }
  }

  private static void addRatio(Row time, Estimate ratio, Measured base) {
    time.set("ratio_to_base", ratio.center())
        .set("ratio_ci_lo", ratio.low())
        .set("ratio_ci_hi", ratio.high())
        .set("base", base.key().get("variant"));
  }

  private Status addCeiling(
      Row time, Measured measured, long read, long written, StringJoiner flags) {
    time.set("bytes_model", written == 0 ? "1R" : "1R+1W")
        .set("bytes_read", read)
        .set("bytes_written", written);
    Optional<Roof.Bound> bound = roof.over(measured.key(), read, written);
    if (bound.isEmpty()) {
      return Status.OK;
    }
    double pct = 100 * bound.get().nanos() / measured.nanos().center();
    time.set("ceiling_kind", bound.get().kind())
        .set("ceiling_gbps", (read + written) / bound.get().nanos())
        .set("pct_ceiling", pct);
    if (pct > HIGHEST_PCT_OF_CEILING) {
      flags.add("over_ceiling");
      time.set("reason", "%.0f %% of the ceiling".formatted(pct));
      return Status.INVALID;
    }
    return Status.OK;
  }

  /** Fills in the estimate, but only of a row whose status is OK. */
  private static Row complete(Row row, Estimate estimate, Status status, StringJoiner flags) {
    row.set("status", status.name()).set("flags", flags.toString());
    if (status == Status.OK) {
      row.set("center", estimate.center())
          .set("ci_lo", estimate.low())
          .set("ci_hi", estimate.high())
          .set("ci_level", Estimate.LEVEL)
          .set("n_forks", estimate.forks());
    }
    return row;
  }

  private static long bytes(Key key) {
    int size = key.get("dtype_in").equals("f32") ? 4 : 2;
    return Long.parseLong(key.get("rows")) * Long.parseLong(key.get("cols")) * size;
  }

  private static boolean matrixIsWritten(Key key) {
    String contract = key.get("contract");
    return contract.contains("gradient") || contract.contains("logprobs");
  }
}
