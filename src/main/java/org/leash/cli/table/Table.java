package org.leash.cli.table;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.leash.analysis.Interval;
import org.leash.files.Json;
import org.leash.files.TextTable;
import org.leash.files.TextTable.Cell;

/**
 * Rows of named numbers and words. Text has four decimals and intervals in brackets; CSV and JSON
 * have all digits, and separate columns for the bounds of intervals.
 */
public final class Table {
  /** Output formats. */
  public enum Format {
    /** Aligned columns. */
    TEXT,
    /** RFC 4180, with a header. */
    CSV,
    /** An array with one object per row. */
    JSON
  }

  private final List<Map<String, Object>> rows = new ArrayList<>();

  /** An empty table. */
  public Table() {}

  /** Adds a row: numbers, words or {@link Interval}s by name, in the order of the columns. */
  public void add(Map<String, Object> row) {
    rows.add(Collections.unmodifiableMap(new LinkedHashMap<>(row)));
  }

  /** Prints the rows; there must be at least one. */
  public void print(Format format, PrintWriter out) {
    switch (format) {
      case TEXT -> printText(out);
      case CSV -> printCsv(out);
      case JSON -> printJson(out);
    }
    out.flush();
  }

  private void printText(PrintWriter out) {
    TextTable table = new TextTable();
    List<Object> first = List.copyOf(rows.getFirst().values());
    table.line(cells(List.copyOf(rows.getFirst().keySet()), first));
    for (Map<String, Object> row : rows) {
      table.line(cells(row.values().stream().map(Table::text).toList(), first));
    }
    out.print(table.render());
  }

  /** Words flush left, numbers flush right, by the first row. */
  private static List<Cell> cells(List<String> texts, List<Object> first) {
    List<Cell> cells = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      cells.add(
          first.get(i) instanceof String ? Cell.left(texts.get(i)) : Cell.right(texts.get(i)));
    }
    return cells;
  }

  private static String text(Object value) {
    return switch (value) {
      case Interval i when Double.isNaN(i.low()) -> decimals(i.value());
      case Interval i ->
          decimals(i.value()) + " [" + decimals(i.low()) + ", " + decimals(i.high()) + "]";
      case Double d -> decimals(d);
      default -> value.toString();
    };
  }

  private static String decimals(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    return value == Math.rint(value) && Math.abs(value) >= 2
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.4f", value);
  }

  private void printCsv(PrintWriter out) {
    out.println(CSVFormat.RFC4180.format(flat(rows.getFirst()).keySet().toArray()));
    for (Map<String, Object> row : rows) {
      out.println(CSVFormat.RFC4180.format(flat(row).values().toArray()));
    }
  }

  private void printJson(PrintWriter out) {
    out.print(
        Json.writeIndented(
            rows.stream()
                .map(
                    row -> {
                      Map<String, Object> flat = flat(row);
                      flat.replaceAll((name, cell) -> json(cell));
                      return flat;
                    })
                .toList()));
  }

  /** Undefined values are null, infinite ones strings. */
  private static Object json(Object cell) {
    return switch (cell) {
      case Double d when d.isInfinite() -> d.toString();
      case String s when s.isEmpty() -> null;
      default -> cell;
    };
  }

  /** Intervals as three columns; undefined values are empty. */
  private static Map<String, Object> flat(Map<String, Object> row) {
    Map<String, Object> flat = new LinkedHashMap<>();
    row.forEach(
        (name, value) -> {
          if (value instanceof Interval interval) {
            flat.put(name, defined(interval.value()));
            flat.put(name + "_low", defined(interval.low()));
            flat.put(name + "_high", defined(interval.high()));
          } else {
            flat.put(name, value instanceof Double d ? defined(d) : value);
          }
        });
    return flat;
  }

  private static Object defined(double value) {
    return Double.isNaN(value) ? "" : (Object) value;
  }
}
