package org.leash.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Exclusive use of a folder, by one owner in one process, until closed. The operating system
 * releases the lock of a process that dies. The file {@code lock} holds the owner's process id;
 * closing deletes it.
 */
public final class FolderLock implements AutoCloseable {
  private static final String FILE = "lock";
  private static final int ATTEMPTS = 10;

  private final Path file;
  private final FileChannel channel;

  private FolderLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Locks a folder, which is created if it does not exist.
   *
   * @throws IllegalArgumentException another process, or another owner in this one, holds the lock
   */
  public static FolderLock on(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve(FILE);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (!acquires(channel)) {
        String owner = owner(channel);
        channel.close();
        throw new IllegalArgumentException(
            "%s is in use by %s; wait for it to end or use another folder"
                .formatted(folder, owner.isEmpty() ? "another process" : "process " + owner));
      }
      String mark = ProcessHandle.current().pid() + " " + UUID.randomUUID();
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(mark.getBytes(StandardCharsets.US_ASCII)));
      if (holds(file, mark)) {
        return new FolderLock(file, channel);
      }
      // The previous owner deleted the file between our opening and locking it: the lock is on an
      // unlinked file and excludes no one.
      channel.close();
    }
    throw new IOException(file + " was deleted " + ATTEMPTS + " times while being locked");
  }

  private static boolean acquires(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static boolean holds(Path file, String mark) throws IOException {
    try {
      return Files.readString(file).equals(mark);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** The process id in the file; "" if it is being written. */
  private static String owner(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(20);
    int length = Math.max(0, channel.read(bytes, 0));
    return new String(bytes.array(), 0, length, StandardCharsets.US_ASCII).replaceAll("\\D.*", "");
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
    channel.close();
  }
}
