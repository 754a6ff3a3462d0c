package org.leash.training.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that only grows, from where a checkpoint knows it to have been. Not thread-safe. */
final class AppendedFile implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;

  /**
   * Opens, or makes, the file and cuts it off.
   *
   * @param length what to keep
   * @throws IOException it is shorter than that, so something else has changed it
   */
  AppendedFile(Path file, long length) throws IOException {
    this.file = file;
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    long found = channel.size();
    if (found < length) {
      channel.close();
      throw new IOException(
          "%s has %d bytes, the checkpoint knows of %d; restore the file or start a new run"
              .formatted(file, found, length));
    }
    channel.truncate(length);
    channel.position(length);
  }

  void append(byte[] bytes) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      channel.write(left);
    }
  }

  void append(String text) throws IOException {
    append(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Waits until all is on the disk; how long the file is now. */
  long force() throws IOException {
    channel.force(true);
    return channel.position();
  }

  boolean isEmpty() throws IOException {
    return channel.position() == 0;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
