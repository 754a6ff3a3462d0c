package org.leash.benchmarks.imports;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;

/**
 * The rows that come of a file: samples of contenders that nobody checked, facts, and events for
 * what had to be left out.
 */
public final class Imported {
  /** What the suite of an imported row is. */
  public static final String SUITE = "imported";

  private final Map<String, String> defaults = new HashMap<>();
  private final List<Row> rows = new ArrayList<>();
  private final String now = Instant.now().toString();

  /**
   * Rows of which some columns are known.
   *
   * @param impl of all rows; "" for what the file says
   * @param contract of all rows; "" for what the file says
   */
  Imported(String impl, String contract) {
    for (String column : Key.COLUMNS) {
      defaults.put(column, "");
    }
    defaults.putAll(
        Map.of("suite", SUITE, "role", "peer", "rows", "0", "cols", "0", "inplace", "false"));
    defaults.put("impl", impl);
    defaults.put("contract", contract);
  }

  /** Rows in the order in which they were added. */
  public List<Row> rows() {
    return rows;
  }

  /** How many of them are samples. */
  public long samples() {
    return rows.stream().filter(row -> row.table() == RunTable.SAMPLES).count();
  }

  /**
   * The key of a contender; what the options set stays as they set it, and who or what has no name
   * is "unnamed".
   *
   * @param known columns that the file knows; where it does not know the contract, that is
   *     "unstated", which equals no contract of ours
   */
  Key key(Map<String, String> known) {
    Map<String, String> all = new HashMap<>(defaults);
    known.forEach(
        (column, value) -> {
          boolean isSet = !defaults.get(column).isEmpty();
          if (!(isSet && (column.equals("impl") || column.equals("contract")))) {
            all.put(column, value);
          }
        });
    for (String name : List.of("op", "variant")) {
      all.merge(name, "unnamed", (given, unnamed) -> given.isBlank() ? unnamed : given);
    }
    if (all.get("contract").isEmpty()) {
      all.put("contract", "unstated");
    }
    return new Key(Key.COLUMNS.stream().map(all::get).toList());
  }

  /** What a text must be to be taken for a number of something measured. */
  static final String MEASURE = "is no number between 1e-100 and 1e100";

  /** A number of something measured, whose products with units neither overflow nor vanish. */
  static OptionalDouble measure(String text) {
    try {
      double number = Double.parseDouble(text);
      return number > 1e-100 && number < 1e100 ? OptionalDouble.of(number) : OptionalDouble.empty();
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  void sample(Key key, int fork, int round, long launches, double nanos) {
    rows.add(
        Row.of(RunTable.SAMPLES)
            .set(key)
            .set("ts_utc", now)
            .set("fork", fork)
            .set("round", round)
            .set("slot", 1)
            .set("launches", launches)
            .set("time_ns", nanos));
  }

  void skip(String subject, String why) {
    rows.add(
        Row.of(RunTable.EVENTS)
            .set("ts_utc", now)
            .set("kind", "skipped")
            .set("subject", subject)
            .set("detail", why));
  }

  void fact(String key, String value) {
    rows.add(Row.of(RunTable.ENV).set("key", key).set("value", value));
  }
}
