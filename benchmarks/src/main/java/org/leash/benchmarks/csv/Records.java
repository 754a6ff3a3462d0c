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
    Limit limit = new Limit(new InputStreamReader(content, StandardCharsets.UTF_8));
    try (CSVParser parser = CSVParser.builder().setReader(limit).setFormat(Row.FORMAT).get()) {
      Iterator<CSVRecord> records = parser.iterator();
      CSVRecord held = null;
      long heldLine = 1;
      while (true) {
        long line = parser.getCurrentLineNumber() + 1;
        CSVRecord next;
        try {
          next = records.hasNext() ? records.next() : null;
        } catch (UncheckedIOException | IllegalStateException e) {
          if (limit.atEnd() && !ended) {
            accept(held, heldLine, sink);
            return OptionalLong.of(line);
          }
          throw new BadFileException(file, line, "", problem(e));
        }
        if (next == null) {
          break;
        }
        accept(held, heldLine, sink);
        held = next;
        heldLine = line;
        limit.beginRecord();
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

  private static String problem(RuntimeException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return cause instanceof TooLongException
        ? cause.getMessage()
        : "not CSV: an opening or closing quote is missing, or text follows a closing one";
  }

  /** A record exceeds the limit. */
  private static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1;

    TooLongException() {
      super("longer than " + LONGEST + " characters");
    }
  }

  /** Stops a record that exceeds the limit. */
  private static final class Limit extends FilterReader {
    private long taken;
    private boolean end;

    Limit(Reader in) {
      super(in);
    }

    void beginRecord() {
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
      if (taken > LONGEST) {
        throw new TooLongException();
      }
      int count = in.read(buffer, offset, length);
      end |= count < 0;
      taken += Math.max(0, count);
      return count;
    }
  }
}
