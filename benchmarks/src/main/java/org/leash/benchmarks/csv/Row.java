package org.leash.benchmarks.csv;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/**
 * One row of a table. Columns that are not set are empty: not measured, never 0 or NaN. Not
 * thread-safe.
 */
public final class Row {
  static final CSVFormat FORMAT =
      CSVFormat.RFC4180.builder().setRecordSeparator("\n").setNullString(null).get();

  private final Table table;
  private final Map<String, String> values = new HashMap<>();

  private Row(Table table) {
    this.table = table;
    values.put("schema", Table.SCHEMA);
  }

  /** An empty row. */
  public static Row of(Table table) {
    return new Row(table);
  }

  /** A row as {@link #toLine()} writes it. */
  public static Row parse(Table table, String line) {
    try (var parser = FORMAT.parse(new StringReader(line))) {
      List<CSVRecord> records = parser.getRecords();
      if (records.size() != 1 || records.getFirst().size() != table.columns().size()) {
        throw new IllegalArgumentException("not one row of " + table.file() + ": " + line);
      }
      Row row = new Row(table);
      for (int i = 0; i < table.columns().size(); i++) {
        row.values.put(table.columns().get(i), records.getFirst().get(i));
      }
      return row;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Table table() {
    return table;
  }

  /** The value, "" where it is not set. */
  public String get(String column) {
    return values.getOrDefault(checked(column), "");
  }

  /**
   * The number.
   *
   * @throws NumberFormatException the field is empty or not a number
   */
  public double number(String column) {
    return Double.parseDouble(get(column));
  }

  /** Sets a text; line ends become spaces, so that a row stays a line. */
  public Row set(String column, String value) {
    values.put(checked(column), value.replaceAll("\\R", " "));
    return this;
  }

  public Row set(String column, long value) {
    return set(column, Long.toString(value));
  }

  /** Sets a number; one that is not finite leaves the field empty. */
  public Row set(String column, double value) {
    return set(column, Double.isFinite(value) ? Double.toString(value) : "");
  }

  public Row set(Key key) {
    for (int i = 0; i < Key.COLUMNS.size(); i++) {
      set(Key.COLUMNS.get(i), key.values().get(i));
    }
    return this;
  }

  /** The fields in the order of the table's columns. */
  public List<String> fields() {
    return table.columns().stream().map(this::get).toList();
  }

  /** The row as a line of CSV, without its end. */
  public String toLine() {
    return FORMAT.format(fields().toArray());
  }

  private String checked(String column) {
    if (!table.columns().contains(column)) {
      throw new IllegalArgumentException(table.file() + " has no column '" + column + "'");
    }
    return column;
  }

  @Override
  public String toString() {
    return table.id() + values;
  }
}
