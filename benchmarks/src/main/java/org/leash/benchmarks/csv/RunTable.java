package org.leash.benchmarks.csv;

import static org.leash.benchmarks.csv.Column.Kind.BOOLEAN;
import static org.leash.benchmarks.csv.Column.Kind.COUNT;
import static org.leash.benchmarks.csv.Column.Kind.NUMBER;
import static org.leash.benchmarks.csv.Column.Kind.POSITIVE;
import static org.leash.benchmarks.csv.Column.Kind.STATUS;
import static org.leash.benchmarks.csv.Column.Kind.TEXT;
import static org.leash.benchmarks.csv.Column.optional;
import static org.leash.benchmarks.csv.Column.required;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The files of a run and their columns. results.csv is derived from the others. */
public enum RunTable {
  /** A fact about the machine or the software per row. */
  ENV(required(TEXT, "key"), optional(TEXT, "value", "unit")),

  /** A measured limit of the device per row: by kind, thread count and fork. */
  CEILINGS(
      required(COUNT, "fork"),
      optional(TEXT, "params"),
      required(TEXT, "kind"),
      optional(COUNT, "threads", "bytes", "repetitions"),
      optional(NUMBER, "best_ns", "median_ns"),
      required(POSITIVE, "rate"),
      required(TEXT, "unit")),

  /**
   * A timed block per row. {@code fork} is the replicate; if its process dies, another {@code
   * process} continues with new round numbers. A row with a status other than OK is kept but not
   * used.
   */
  SAMPLES(
      key(),
      required(COUNT, "seq"),
      required(TEXT, "ts_utc"),
      required(COUNT, "fork", "round", "slot", "launches"),
      required(POSITIVE, "time_ns"),
      optional(COUNT, "process"),
      optional(NUMBER, "sm_clock_mhz", "mem_clock_mhz", "temp_c", "power_w"),
      optional(COUNT, "throttle_bits"),
      optional(STATUS, "status")),

  /** An output of a contender per row, before and after timing in each fork. */
  CHECKS(
      key(),
      required(COUNT, "fork"),
      required(TEXT, "phase"),
      optional(TEXT, "output"),
      optional(COUNT, "rows_checked"),
      optional(NUMBER, "max_abs_err", "max_rel_err", "mean_signed_err", "tol"),
      optional(TEXT, "reference"),
      required(STATUS, "status"),
      optional(TEXT, "reason")),

  /** A metric of a contender in a case per row. */
  RESULTS(
      key(),
      required(TEXT, "case_id", "metric", "unit", "better"),
      optional(NUMBER, "center", "ci_lo", "ci_hi", "ci_level"),
      optional(NUMBER, "q05", "q25", "q75", "q95", "min", "max", "rel_iqr_pct"),
      optional(COUNT, "n_forks", "n_rounds", "n_samples"),
      required(STATUS, "status"),
      optional(TEXT, "flags", "reason"),
      optional(NUMBER, "max_abs_err", "max_rel_err", "tol"),
      optional(TEXT, "reference", "bytes_model"),
      optional(COUNT, "bytes_read", "bytes_written"),
      optional(NUMBER, "ceiling_gbps"),
      optional(TEXT, "ceiling_kind"),
      optional(NUMBER, "pct_ceiling", "ratio_to_base", "ratio_ci_lo", "ratio_ci_hi"),
      optional(TEXT, "base", "repro")),

  /** Deviations from the plan. */
  EVENTS(
      required(TEXT, "ts_utc"),
      optional(COUNT, "fork"),
      required(TEXT, "kind"),
      optional(TEXT, "subject", "detail")),

  /**
   * Progress of each fork through the cases ({@code entry}), with the number of samples so far:
   * where to resume.
   */
  JOURNAL(
      required(TEXT, "ts_utc"),
      required(COUNT, "process", "fork"),
      required(TEXT, "entry", "state"),
      optional(TEXT, "variant"),
      required(COUNT, "samples"));

  /** Raised whenever a column changes its meaning. */
  public static final String SCHEMA = "2";

  /** Schemas that can be read; schema 1 has no processes, sensors or journal. */
  public static final Set<String> READABLE = Set.of("1", SCHEMA);

  private final List<Column> columns;
  private final List<String> names;
  private final Map<String, Integer> indices = new HashMap<>();

  @SafeVarargs
  RunTable(Stream<Column>... others) {
    List<Column> all = new ArrayList<>(required(TEXT, "schema", "run_id").toList());
    for (Stream<Column> other : others) {
      other.forEach(all::add);
    }
    columns = List.copyOf(all);
    names = columns.stream().map(Column::name).toList();
    names.forEach(name -> indices.put(name, indices.size()));
  }

  private static Stream<Column> key() {
    return Key.COLUMNS.stream().map(RunTable::keyColumn);
  }

  private static Column keyColumn(String name) {
    return switch (name) {
      case "rows", "cols" -> new Column(name, COUNT, true);
      case "inplace" -> new Column(name, BOOLEAN, true);
      case "suite", "op", "variant" -> new Column(name, TEXT, true);
      default -> new Column(name, TEXT, false);
    };
  }

  /** The names of the columns, in order. */
  public List<String> columns() {
    return names;
  }

  /** The first line of the file. */
  public String header() {
    return Row.FORMAT.format(names.toArray()) + "\n";
  }

  List<Column> described() {
    return columns;
  }

  /** The index of a column; -1 if there is none. */
  int indexOf(String column) {
    return indices.getOrDefault(column, -1);
  }

  /** The file in the run's folder. */
  public String file() {
    return id() + ".csv";
  }

  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
