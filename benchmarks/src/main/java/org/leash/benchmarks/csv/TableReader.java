package org.leash.benchmarks.csv;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Reads a table row by row, and believes nothing of it: columns are found by name and unknown ones
 * ignored; every field is held against the kind of its column. What is wrong is a {@link
 * BadDataException}.
 *
 * <p>What follows the last line end was cut off when the writer died, or is being written: it is
 * left out, and the outcome says so.
 */
public final class TableReader {
  private final Path file;
  private final RunTable table;
  private final Consumer<Row> sink;

  /** Place in a record of each column of the table; -1 where the file lacks it. */
  private int[] places;

  private int width;
  private String schema = "";
  private String runId = "";
  private long rows;

  /**
   * What came of reading.
   *
   * @param rows that were read
   * @param torn says where a line was left out because it was cut off
   * @param schema of all rows; "" where there are none
   * @param runId of all rows; "" where there are none
   */
  public record Outcome(long rows, Optional<String> torn, String schema, String runId) {}

  private TableReader(Path file, RunTable table, Consumer<Row> sink) {
    this.file = file;
    this.table = table;
    this.sink = sink;
  }

  /**
   * Reads a file from its beginning to what its end is now.
   *
   * @param sink is given each row
   * @throws BadDataException the file is not a table of this kind
   * @throws UncheckedIOException the file cannot be read
   */
  public static Outcome read(Path file, RunTable table, Consumer<Row> sink) {
    TableReader reader = new TableReader(file, table, sink);
    return reader.outcome(Records.read(file, reader::accept));
  }

  /** Reads what a file holds; the last byte is a line end or not. */
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
                "%s:%d: the last line is cut off, and left out"
                    .formatted(file.getFileName(), torn.getAsLong()));
    return new Outcome(rows, what, schema, runId);
  }

  private void accept(List<String> fields, long line) {
    if (places == null) {
      header(fields, line);
      return;
    }
    if (fields.size() != width) {
      throw new BadDataException(
          file, line, "", "%d fields, where the header has %d".formatted(fields.size(), width));
    }
    String[] values = new String[places.length];
    for (int i = 0; i < places.length; i++) {
      Column column = table.described().get(i);
      values[i] = places[i] < 0 ? "" : fields.get(places[i]);
      if (places[i] >= 0) {
        Optional<String> complaint = column.complaint(values[i]);
        if (complaint.isPresent()) {
          throw new BadDataException(file, line, column.name(), complaint.get());
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
            "%s is not among those that this version reads, %s"
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
          "%s, where the rows before have %s: the rows of different runs do not belong in one file"
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
        throw new BadDataException(file, line, name, "the header has this column twice");
      }
      found[index] = i;
    }
    for (int i = 0; i < found.length; i++) {
      if (found[i] < 0 && table.described().get(i).required()) {
        throw new BadDataException(
            file, line, table.columns().get(i), "the header lacks this column");
      }
    }
    places = found;
    width = names.size();
  }
}
