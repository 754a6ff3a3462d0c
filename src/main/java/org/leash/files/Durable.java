package org.leash.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Atomic, durable writes: readers, and processes after a crash, see either the old or the new
 * content, never a mixture.
 */
public final class Durable {
  /** Suffix of files and folders being written. */
  private static final String DRAFT = ".tmp";

  /** Suffix of folders being deleted. */
  private static final String DELETED = ".old";

  private Durable() {}

  /**
   * Creates or replaces a file.
   *
   * @throws UncheckedIOException the file cannot be written; its old content remains
   */
  public static void write(Path file, String content) {
    Path target = file.toAbsolutePath();
    Path draft = draft(target);
    try {
      try {
        Files.writeString(draft, content);
        force(draft);
        move(draft, target);
      } finally {
        Files.deleteIfExists(draft);
      }
      force(target.getParent());
    } catch (IOException e) {
      throw FileFailure.writing(file, e);
    }
  }

  private static void move(Path draft, Path target) throws IOException {
    try {
      Files.move(
          draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Fills a folder. */
  public interface Content {
    /** Writes files to an empty folder, without subfolders. */
    void writeTo(Path folder) throws IOException;
  }

  /** Creates or replaces a folder of files. */
  public static void write(Path folder, Content content) throws IOException {
    Path draft = draft(folder);
    delete(draft);
    Files.createDirectory(draft);
    content.writeTo(draft);
    try (Stream<Path> files = Files.list(draft)) {
      for (Path file : files.toList()) {
        force(file);
      }
    }
    force(draft);
    delete(folder);
    Files.move(draft, folder, StandardCopyOption.ATOMIC_MOVE);
    force(folder.toAbsolutePath().getParent());
  }

  private static Path draft(Path path) {
    return path.resolveSibling(path.getFileName() + DRAFT);
  }

  /**
   * Deletes a folder and its content, if it exists. It is renamed first, so that a crash leaves it
   * either whole or as a remnant for {@link #sweep}.
   */
  public static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      Path remnant = folder.resolveSibling(folder.getFileName() + DELETED);
      deleteTree(remnant);
      Files.move(folder, remnant, StandardCopyOption.ATOMIC_MOVE);
      deleteTree(remnant);
    }
  }

  /**
   * Deletes the remnants of folders that were being written or deleted when a process died.
   *
   * @param names regular expression of the folders' names; nothing else in the parent is touched
   */
  public static void sweep(Path parent, String names) throws IOException {
    Pattern remnants =
        Pattern.compile(
            "(%s)(%s|%s)".formatted(names, Pattern.quote(DRAFT), Pattern.quote(DELETED)));
    List<Path> found;
    try (Stream<Path> all = Files.list(parent)) {
      found =
          all.filter(path -> remnants.matcher(path.getFileName().toString()).matches()).toList();
    }
    for (Path each : found) {
      deleteTree(each);
    }
  }

  private static void deleteTree(Path folder) throws IOException {
    if (Files.exists(folder)) {
      List<Path> all;
      try (Stream<Path> found = Files.walk(folder)) {
        all = found.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path each : all) {
        Files.delete(each);
      }
    }
  }

  /** Flushes a file, or the names in a folder, to disk. */
  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
