package org.leash.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * An append-only file that resumes at a known length, discarding anything that an interrupted
 * process wrote beyond it. {@link #force} makes appended data durable. Not thread-safe.
 */
public final class AppendedFile implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;

  /**
   * Opens or creates the file and truncates it.
   *
   * @param length bytes to keep
   * @throws IOException the file cannot be opened, or is shorter than {@code length}
   */
  public AppendedFile(Path file, long length) throws IOException {
    this.file = file;
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    long found = channel.size();
    if (found < length) {
      channel.close();
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s has %d bytes, but %d were written; restore the file or start a new run",
              file,
              found,
              length));
    }
    channel.truncate(length);
    channel.position(length);
  }

  /** The length of a file without an incomplete last line; 0 if it does not exist. */
  public static long endOfLastLine(Path file) throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer piece = ByteBuffer.allocate(1 << 12);
      for (long end = channel.size(); end > 0; ) {
        long begin = Math.max(0, end - piece.capacity());
        piece.clear().limit((int) (end - begin));
        for (int i = channel.read(piece, begin) - 1; i >= 0; i--) {
          if (piece.get(i) == '\n') {
            return begin + i + 1;
          }
        }
        end = begin;
      }
      return 0;
    }
  }

  /** Appends bytes. */
  public void append(byte[] bytes) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    while (rest.hasRemaining()) {
      channel.write(rest);
    }
  }

  /** Appends text in UTF-8. */
  public void append(String text) throws IOException {
    append(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Flushes the file to disk and returns its length in bytes. */
  public long force() throws IOException {
    channel.force(true);
    return channel.position();
  }

  /** Whether the file has no content. */
  public boolean isEmpty() throws IOException {
    return channel.position() == 0;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** The path of the file. */
  @Override
  public String toString() {
    return file.toString();
  }
}
