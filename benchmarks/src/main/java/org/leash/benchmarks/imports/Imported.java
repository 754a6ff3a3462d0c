package org.leash.benchmarks.imports;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.files.BadFileException;
import org.leash.files.Json;

/**
 * Rows of an imported file: samples of unchecked contenders, facts, and events about omitted rows.
 */
public final class Imported {
  /** Suite of imported rows. */
  public static final String SUITE = "imported";

  private final Map<String, String> defaults = new HashMap<>();
  private final List<Row> rows = new ArrayList<>();
  private final String now = Instant.now().toString();

  /**
   * Rows with some columns preset.
   *
   * @param impl of all rows; "" for the file's
   * @param contract of all rows; "" for the file's
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

  /** All rows in the order of addition. */
  public List<Row> rows() {
    return rows;
  }

  /** Number of samples. */
  public long samples() {
    return rows.stream().filter(row -> row.table() == RunTable.SAMPLES).count();
  }

  /**
   * The key of a contender. Presets take precedence; a missing operation or variant is "unnamed".
   *
   * @param known columns from the file; a missing contract is "unstated", which equals none of ours
   */
  Key key(Map<String, String> known) {
    Map<String, String> all = new HashMap<>(defaults);
    known.forEach(
        (column, value) -> {
          if (all.get(column).isEmpty() || !List.of("impl", "contract").contains(column)) {
            all.put(column, value);
          }
        });
    for (String name : List.of("op", "variant")) {
      all.merge(name, "unnamed", (given, unnamed) -> given.isBlank() ? unnamed : given);
    }
    all.merge("contract", "unstated", (given, unstated) -> given.isEmpty() ? unstated : given);
    return new Key(Key.COLUMNS.stream().map(all::get).toList());
  }

  /**
   * Parses a measured quantity, whose products with units neither overflow nor vanish.
   *
   * @param fault makes the exception for anything else
   */
  static double measure(String text, Function<String, BadFileException> fault) {
    try {
      double number = Double.parseDouble(text);
      if (number > 1e-100 && number < 1e100) {
        return number;
      }
    } catch (NumberFormatException e) {
      // The same fault as a number out of range.
    }
    throw fault.apply("is not a number between 1e-100 and 1e100");
  }

  /** A measured quantity in a JSON file, as a number or as text. */
  static double measure(Json value) {
    return measure(value.text(), value::fault);
  }

  /** The column {@code params}: names and values in the order of the map. */
  static String params(Map<String, String> params) {
    return params.entrySet().stream()
        .map(each -> each.getKey() + "=" + each.getValue())
        .collect(Collectors.joining(";"));
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
