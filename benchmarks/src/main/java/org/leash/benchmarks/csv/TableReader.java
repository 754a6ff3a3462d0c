package org.leash.benchmarks.csv;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.leash.files.BadFileException;

/**
 * Reads a table row by row without trusting it: columns are found by name, unknown ones ignored,
 * and every field is validated against the kind of its column. Faults are {@link
 * BadFileException}s.
 *
 * <p>An incomplete last line, left by a writer that died or is still writing, is left out and
 * reported.
 */
public final class TableReader {
  private final Path file;
  private final RunTable table;
  private final Consumer<Row> sink;

  /** Index in a record of each column of the table; -1 if the file lacks it. */
  private int[] places;

  private int width;
  private String schema = "";
  private String runId = "";
  private long rows;

  /**
   * Result of reading.
   *
   * @param rows number of rows
   * @param torn message about an incomplete line that was left out
   * @param schema of all rows; "" without rows
   * @param runId of all rows; "" without rows
   */
  public record Outcome(long rows, Optional<String> torn, String schema, String runId) {}

  private TableReader(Path file, RunTable table, Consumer<Row> sink) {
    this.file = file;
    this.table = table;
    this.sink = sink;
  }

  /**
   * Reads a file up to its current end.
   *
   * @param sink receives each row
   * @throws BadFileException the file is not a valid table of this kind
   * @throws UncheckedIOException the file cannot be read
   */
  public static Outcome read(Path file, RunTable table, Consumer<Row> sink) {
    TableReader reader = new TableReader(file, table, sink);
    return reader.outcome(Records.read(file, reader::accept));
  }

  /** Reads the content of a file. */
  static Outcome read(
      Path file, InputStream content, boolean ended, RunTable table, Consumer<Row> sink)
      throws IOException {
    TableReader reader = new TableReader(file, table, sink);
    return reader.outcome(Records.read(file, content, ended, reader::accept));
  }

  private Outcome outcome(OptionalLong torn) {
    Optional<String> what =
        torn.isEmpty()
            ? Optional.empty()
            : Optional.of(
                String.format(
                    Locale.ROOT,
                    "%s:%d: the last line is incomplete and left out",
                    file.getFileName(),
                    torn.getAsLong()));
    return new Outcome(rows, what, schema, runId);
  }

  private void accept(List<String> fields, long line) {
    if (places == null) {
      header(fields, line);
      return;
    }
    if (fields.size() != width) {
      throw new BadFileException(
          file,
          line,
          "",
          String.format(Locale.ROOT, "%d fields, but the header has %d", fields.size(), width));
    }
    String[] values = new String[places.length];
    for (int i = 0; i < places.length; i++) {
      Column column = table.described().get(i);
      values[i] = places[i] < 0 ? "" : fields.get(places[i]);
      if (places[i] >= 0) {
        Optional<String> complaint = column.complaint(values[i]);
        if (complaint.isPresent()) {
          throw new BadFileException(file, line, column.name(), complaint.get());
        }
      }
    }
    Row row = Row.read(table, values, file, line);
    if (rows == 0) {
      schema = row.get("schema");
      runId = row.get("run_id");
      if (!RunTable.READABLE.contains(schema)) {
        throw row.bad(
            "schema",
            "%s cannot be read; this version reads %s"
                .formatted(Column.quote(schema), RunTable.READABLE.stream().sorted().toList()));
      }
    }
    same(row, "schema", schema);
    same(row, "run_id", runId);
    rows++;
    sink.accept(row);
  }

  private static void same(Row row, String column, String expected) {
    if (!row.get(column).equals(expected)) {
      throw row.bad(
          column,
          "%s, but earlier rows have %s: the file mixes rows of different runs"
              .formatted(Column.quote(row.get(column)), Column.quote(expected)));
    }
  }

  private void header(List<String> names, long line) {
    int[] found = new int[table.columns().size()];
    Arrays.fill(found, -1);
    for (int i = 0; i < names.size(); i++) {
      String name = i == 0 ? names.get(0).replaceFirst("^\uFEFF", "") : names.get(i);
      int index = table.indexOf(name);
      if (index < 0) {
        continue;
      }
      if (found[index] >= 0) {
        throw new BadFileException(file, line, name, "the header has this column twice");
      }
      found[index] = i;
    }
    for (int i = 0; i < found.length; i++) {
      if (found[i] < 0 && table.described().get(i).required()) {
        throw new BadFileException(
            file, line, table.columns().get(i), "the header lacks this column");
      }
    }
    places = found;
    width = names.size();
  }
}
