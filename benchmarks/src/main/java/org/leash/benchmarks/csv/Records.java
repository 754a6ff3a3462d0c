package org.leash.benchmarks.csv;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.io.input.BoundedInputStream;
import org.leash.files.BadFileException;
import org.leash.files.FileFailure;
import org.leash.files.LimitedReader;

/**
 * Streams the records of a CSV file. The size of a record is limited; a record without a line end
 * is incomplete.
 */
public final class Records {
  /** Most characters of a record; a run's have a few hundred. */
  static final int LONGEST = 1 << 18;

  private Records() {}

  /** Receives records. */
  public interface Sink {
    /**
     * Receives a record.
     *
     * @param line on which it begins, from 1
     */
    void accept(List<String> fields, long line);
  }

  /**
   * Reads a file up to its current end.
   *
   * @return the line of an incomplete record, which is left out, if there is one
   * @throws BadFileException the file is not CSV
   * @throws UncheckedIOException the file cannot be read
   */
  public static OptionalLong read(Path file, Sink sink) {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      boolean ended = size > 0 && endsALine(channel, size);
      InputStream content =
          BoundedInputStream.builder()
              .setInputStream(Channels.newInputStream(channel.position(0)))
              .setMaxCount(size)
              .get();
      return read(file, content, ended, sink);
    } catch (IOException e) {
      throw FileFailure.reading(file, e);
    }
  }

  private static boolean endsALine(FileChannel channel, long size) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    channel.read(last, size - 1);
    return last.get(0) == '\n';
  }

  /**
   * Reads the content of a file.
   *
   * @param ended whether the last byte is a line end
   */
  static OptionalLong read(Path file, InputStream content, boolean ended, Sink sink)
      throws IOException {
    LimitedReader reader =
        new LimitedReader(new InputStreamReader(content, StandardCharsets.UTF_8), LONGEST);
    try (CSVParser parser = CSVParser.builder().setReader(reader).setFormat(Row.FORMAT).get()) {
      Iterator<CSVRecord> records = parser.iterator();
      CSVRecord held = null;
      long heldLine = 1;
      while (true) {
        long line = parser.getCurrentLineNumber() + 1;
        CSVRecord next;
        try {
          next = records.hasNext() ? records.next() : null;
        } catch (UncheckedIOException | IllegalStateException e) {
          if (reader.isAtEnd() && !ended) {
            accept(held, heldLine, sink);
            return OptionalLong.of(line);
          }
          throw new BadFileException(file, line, "", problem(reader));
        }
        if (next == null) {
          break;
        }
        accept(held, heldLine, sink);
        held = next;
        heldLine = line;
        reader.beginRecord();
      }
      if (!ended) {
        return OptionalLong.of(heldLine);
      }
      accept(held, heldLine, sink);
      return OptionalLong.empty();
    }
  }

  private static void accept(CSVRecord csv, long line, Sink sink) {
    if (csv != null) {
      sink.accept(Arrays.asList(csv.values()), line);
    }
  }

  private static String problem(LimitedReader reader) {
    return reader.isExceeded()
        ? "longer than " + LONGEST + " characters"
        : "not CSV: an opening or closing quote is missing, or text follows a closing one";
  }
}
