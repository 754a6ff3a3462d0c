package org.leash.benchmarks.csv;

import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.io.input.BoundedInputStream;

/**
 * Reads a table row by row, and believes nothing of it: columns are found by name and unknown ones
 * ignored; every field is held against the kind of its column; a row may take so much memory and no
 * more. What is wrong is a {@link BadDataException}.
 *
 * <p>A row counts once its line end is there. What follows the last line end was cut off when the
 * writer died, or is being written: it is left out, and the outcome says so.
 */
public final class TableReader {
  /** Characters of a row; those of a run have a few hundred. */
  static final int LONGEST_ROW = 1 << 18;

  private final Path file;
  private final Table table;
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

  private TableReader(Path file, Table table, Consumer<Row> sink) {
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
  public static Outcome read(Path file, Table table, Consumer<Row> sink) {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      boolean ended = size > 0 && endsALine(channel, size);
      InputStream content =
          BoundedInputStream.builder()
              .setInputStream(Channels.newInputStream(channel.position(0)))
              .setMaxCount(size)
              .get();
      return read(file, content, ended, table, sink);
    } catch (NoSuchFileException e) {
      throw new UncheckedIOException(new IOException(file + " does not exist", e));
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException(file + " cannot be read: " + e.getMessage(), e));
    }
  }

  /**
   * Reads what a file holds.
   *
   * @param ended whether the last byte is a line end
   */
  static Outcome read(
      Path file, InputStream content, boolean ended, Table table, Consumer<Row> sink)
      throws IOException {
    Limit limit = new Limit(new InputStreamReader(content, StandardCharsets.UTF_8));
    return new TableReader(file, table, sink).read(limit, ended);
  }

  private static boolean endsALine(FileChannel channel, long size) throws IOException {
    var last = ByteBuffer.allocate(1);
    channel.read(last, size - 1);
    return last.get(0) == '\n';
  }

  private Outcome read(Limit limit, boolean ended) throws IOException {
    try (CSVParser parser = CSVParser.builder().setReader(limit).setFormat(Row.FORMAT).get()) {
      Iterator<CSVRecord> records = parser.iterator();
      CSVRecord held = null;
      long heldLine = 0;
      while (true) {
        long line = parser.getCurrentLineNumber() + 1;
        CSVRecord next;
        try {
          next = records.hasNext() ? records.next() : null;
        } catch (UncheckedIOException | IllegalStateException e) {
          if (limit.atEnd() && !ended) {
            accept(held, heldLine);
            return torn(line);
          }
          throw new BadDataException(file, line, "", problem(e));
        }
        if (next == null) {
          break;
        }
        accept(held, heldLine);
        held = next;
        heldLine = line;
        limit.beginRow();
      }
      if (!ended) {
        return torn(Math.max(1, heldLine));
      }
      accept(held, heldLine);
      return new Outcome(rows, Optional.empty(), schema, runId);
    }
  }

  private Outcome torn(long line) {
    String what =
        "%s:%d: the last line is cut off, and left out".formatted(file.getFileName(), line);
    return new Outcome(rows, Optional.of(what), schema, runId);
  }

  private static String problem(RuntimeException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return cause instanceof TooLongException
        ? cause.getMessage()
        : "not CSV: an opening or closing quote is missing, or text follows a closing one";
  }

  private void accept(CSVRecord csv, long line) {
    if (csv == null) {
      return;
    }
    if (places == null) {
      header(csv, line);
      return;
    }
    if (csv.size() != width) {
      throw new BadDataException(
          file, line, "", "%d fields, where the header has %d".formatted(csv.size(), width));
    }
    String[] values = new String[places.length];
    for (int i = 0; i < places.length; i++) {
      Column column = table.described().get(i);
      values[i] = places[i] < 0 ? "" : csv.get(places[i]);
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
      if (!Table.READABLE.contains(schema)) {
        throw row.bad(
            "schema",
            "%s is not among those that this version reads, %s"
                .formatted(Column.quote(schema), Table.READABLE.stream().sorted().toList()));
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

  private void header(CSVRecord csv, long line) {
    int[] found = new int[table.columns().size()];
    Arrays.fill(found, -1);
    for (int i = 0; i < csv.size(); i++) {
      String name =
          i == 0 && csv.get(0).startsWith("\uFEFF") ? csv.get(0).substring(1) : csv.get(i);
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
    width = csv.size();
  }

  /** A row longer than any that can be meant. */
  private static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1;

    TooLongException() {
      super("longer than " + LONGEST_ROW + " characters");
    }
  }

  /** Ends a row that goes on for too long, before memory does. */
  private static final class Limit extends FilterReader {
    private long taken;
    private boolean end;

    Limit(Reader in) {
      super(in);
    }

    void beginRow() {
      taken = 0;
    }

    boolean atEnd() {
      return end;
    }

    @Override
    public int read() throws IOException {
      char[] one = new char[1];
      return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
      if (taken > LONGEST_ROW) {
        throw new TooLongException();
      }
      int count = in.read(buffer, offset, length);
      end |= count < 0;
      taken += Math.max(0, count);
      return count;
    }
  }
}
