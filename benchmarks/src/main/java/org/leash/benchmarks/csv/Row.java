package org.leash.benchmarks.csv;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.leash.files.BadFileException;

/**
 * A row of a table. Unset columns are empty, which means not measured, never 0 or NaN. Not
 * thread-safe.
 */
public final class Row {
  static final CSVFormat FORMAT =
      CSVFormat.RFC4180.builder().setRecordSeparator("\n").setNullString(null).get();

  private final RunTable table;
  private final String[] values;

  /** Origin of the row, for messages. */
  private final Path file;

  private final long line;

  private Row(RunTable table, String[] values, Path file, long line) {
    this.table = table;
    this.values = values;
    this.file = file;
    this.line = line;
  }

  /** An empty row. */
  public static Row of(RunTable table) {
    String[] values = new String[table.columns().size()];
    Arrays.fill(values, "");
    Row row = new Row(table, values, Path.of(table.file()), 0);
    row.set("schema", RunTable.SCHEMA);
    return row;
  }

  /** A row of events.csv about something that happens now. */
  public static Row event(int fork, String kind, String subject, String detail) {
    return of(RunTable.EVENTS)
        .set("ts_utc", Instant.now().toString())
        .set("fork", fork)
        .set("kind", kind)
        .set("subject", subject)
        .set("detail", detail);
  }

  /** A row that was read from a line of a file. */
  static Row read(RunTable table, String[] values, Path file, long line) {
    return new Row(table, values, file, line);
  }

  /** A row as {@link #toLine()} writes it. */
  public static Row parse(RunTable table, String line) {
    try (var parser = FORMAT.parse(new StringReader(line))) {
      List<CSVRecord> records = parser.getRecords();
      if (records.size() != 1 || records.getFirst().size() != table.columns().size()) {
        throw new IllegalArgumentException("not one row of " + table.file() + ": " + line);
      }
      return new Row(table, records.getFirst().values(), Path.of(table.file()), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An equal row. */
  public Row copy() {
    return new Row(table, values.clone(), file, line);
  }

  public RunTable table() {
    return table;
  }

  /** The value; "" if unset. */
  public String get(String column) {
    return values[index(column)];
  }

  public boolean has(String column) {
    return !get(column).isEmpty();
  }

  /**
   * The number.
   *
   * @throws BadFileException the field is empty or not a number
   */
  public double number(String column) {
    try {
      return Double.parseDouble(get(column));
    } catch (NumberFormatException e) {
      throw bad(column, Column.quote(get(column)) + " is not a number");
    }
  }

  /** The number, or a default if there is none. */
  public double number(String column, double absent) {
    return has(column) ? number(column) : absent;
  }

  /**
   * The whole number.
   *
   * @throws BadFileException the field is empty, not a whole number or larger than an int
   */
  public int count(String column) {
    try {
      return Integer.parseInt(get(column));
    } catch (NumberFormatException e) {
      throw bad(
          column,
          String.format(
              Locale.ROOT,
              "%s is not a whole number up to %d",
              Column.quote(get(column)),
              Integer.MAX_VALUE));
    }
  }

  /** The status; {@link ResultStatus#OK} if there is none. */
  public ResultStatus status() {
    return has("status") ? ResultStatus.valueOf(get("status")) : ResultStatus.OK;
  }

  /** An exception about a column of this row, with its origin. */
  public BadFileException bad(String column, String why) {
    return new BadFileException(file, line, column, why);
  }

  /** Sets text; line ends become spaces, so that a row stays one line. */
  public Row set(String column, String value) {
    values[index(column)] = line(value);
    return this;
  }

  /** Replaces line ends by spaces. */
  static String line(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        return text.replaceAll("\\R", " ");
      }
    }
    return text;
  }

  public Row set(String column, long value) {
    return set(column, Long.toString(value));
  }

  /** Sets a number; empty if it is not finite. */
  public Row set(String column, double value) {
    return set(column, Double.isFinite(value) ? Double.toString(value) : "");
  }

  public Row set(String column, ResultStatus status) {
    return set(column, status.name());
  }

  public Row set(Key key) {
    for (int i = 0; i < Key.COLUMNS.size(); i++) {
      set(Key.COLUMNS.get(i), key.values().get(i));
    }
    return this;
  }

  /** The fields in the order of the table's columns. */
  public List<String> fields() {
    return Collections.unmodifiableList(Arrays.asList(values));
  }

  /** The row as a line of CSV, without its end. */
  public String toLine() {
    return FORMAT.format((Object[]) values);
  }

  private int index(String column) {
    int index = table.indexOf(column);
    if (index < 0) {
      throw new IllegalArgumentException(table.file() + " has no column '" + column + "'");
    }
    return index;
  }

  @Override
  public String toString() {
    return table.id() + fields();
  }
}
