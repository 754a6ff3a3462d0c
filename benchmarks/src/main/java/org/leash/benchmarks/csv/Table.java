package org.leash.benchmarks.csv;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The files of a run and their columns. Everything in results.csv follows from the other files. */
public enum Table {
  /** One fact about the machine and the software for each row. */
  ENV(List.of("schema", "run_id", "key", "value", "unit")),

  /** Measured limits of the machine: one row for each kind, thread count and fork. */
  CEILINGS(
      List.of(
          "schema",
          "run_id",
          "fork",
          "params",
          "kind",
          "threads",
          "bytes",
          "repetitions",
          "best_ns",
          "median_ns",
          "rate",
          "unit")),

  /** One row for each timed block. */
  SAMPLES(keyed("seq", "ts_utc", "fork", "round", "slot", "launches", "time_ns")),

  /** One row for each output of each contender, before and after the timing in each fork. */
  CHECKS(
      keyed(
          "fork",
          "phase",
          "output",
          "rows_checked",
          "max_abs_err",
          "max_rel_err",
          "mean_signed_err",
          "tol",
          "reference",
          "status",
          "reason")),

  /** One row for each case, contender and metric. */
  RESULTS(
      keyed(
          "case_id",
          "metric",
          "unit",
          "better",
          "center",
          "ci_lo",
          "ci_hi",
          "ci_level",
          "q05",
          "q25",
          "q75",
          "q95",
          "min",
          "max",
          "rel_iqr_pct",
          "n_forks",
          "n_rounds",
          "n_samples",
          "status",
          "flags",
          "reason",
          "max_abs_err",
          "max_rel_err",
          "tol",
          "reference",
          "bytes_model",
          "bytes_read",
          "bytes_written",
          "ceiling_gbps",
          "ceiling_kind",
          "pct_ceiling",
          "ratio_to_base",
          "ratio_ci_lo",
          "ratio_ci_hi",
          "base",
          "repro")),

  /** What did not go as planned, or was left out. */
  EVENTS(List.of("schema", "run_id", "ts_utc", "fork", "kind", "subject", "detail"));

  /** Raised whenever a column changes its meaning. */
  public static final String SCHEMA = "1";

  private final List<String> columns;

  Table(List<String> columns) {
    this.columns = columns;
  }

  private static List<String> keyed(String... others) {
    return Stream.of(Stream.of("schema", "run_id"), Key.COLUMNS.stream(), Stream.of(others))
        .flatMap(each -> each)
        .toList();
  }

  public List<String> columns() {
    return columns;
  }

  /** The file in the run's folder. */
  public String file() {
    return id() + ".csv";
  }

  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
