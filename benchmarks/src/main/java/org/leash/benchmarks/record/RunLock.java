package org.leash.benchmarks.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Keeps a second run out of a folder. The system gives the lock up when the process dies, however
 * it dies; the file that carries it is removed by an orderly end.
 */
final class RunLock implements AutoCloseable {
  private static final String FILE = "lock";
  private static final int ATTEMPTS = 10;

  private final Path file;
  private final FileChannel channel;

  private RunLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @throws IllegalArgumentException another process, or this one, has it
   */
  static RunLock of(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (!takes(channel)) {
        String owner = content(channel);
        channel.close();
        throw new IllegalArgumentException(
            "another run%s is writing to %s; wait for its end or name another folder with --out"
                .formatted(owner.isEmpty() ? "" : " (process " + owner + ")", folder));
      }
      if (Files.exists(file)) {
        channel.truncate(0);
        channel.write(
            ByteBuffer.wrap(
                Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
        return new RunLock(file, channel);
      }
      // Its owner removed the file between our opening and our locking of it.
      channel.close();
    }
    throw new IOException(file + " keeps vanishing");
  }

  private static boolean takes(FileChannel channel) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock()).map(FileLock::isValid).orElse(false);
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static String content(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(20);
    int length = Math.max(0, channel.read(bytes, 0));
    return new String(bytes.array(), 0, length, StandardCharsets.US_ASCII).replaceAll("\\D", "");
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
    channel.close();
  }
}
