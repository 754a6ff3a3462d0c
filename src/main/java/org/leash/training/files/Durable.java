package org.leash.training.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Writing such that after a crash the old content is there or the new, and never a part of it. */
public final class Durable {
  /** Ends the names of files and folders that are being written. */
  static final String DRAFT = ".tmp";

  /** Ends the names of folders that are being deleted. */
  private static final String REST = ".old";

  private Durable() {}

  /** Puts a file in place, at once. */
  public static void write(Path file, String content) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + DRAFT);
    Files.writeString(draft, content, StandardCharsets.UTF_8);
    force(draft);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    force(file.toAbsolutePath().getParent());
  }

  /** Gives a folder, with the files in it, its name, at once; another of the name goes. */
  static void publish(Path draft, Path folder) throws IOException {
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

  /**
   * Deletes a folder and all that is in it; does nothing where there is none. The folder loses its
   * name at once: a crash leaves it whole, or a rest for {@link #sweep} under another name.
   */
  static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      Path rest = folder.resolveSibling(folder.getFileName() + REST);
      empty(rest);
      Files.move(folder, rest, StandardCopyOption.ATOMIC_MOVE);
      empty(rest);
    }
  }

  /**
   * Deletes what crashes have left of folders that were being written or deleted.
   *
   * @param names expression of their names; nothing else in the parent is touched
   */
  static void sweep(Path parent, String names) throws IOException {
    Pattern rests =
        Pattern.compile("(%s)(%s|%s)".formatted(names, Pattern.quote(DRAFT), Pattern.quote(REST)));
    List<Path> left;
    try (Stream<Path> found = Files.list(parent)) {
      left = found.filter(path -> rests.matcher(path.getFileName().toString()).matches()).toList();
    }
    for (Path each : left) {
      empty(each);
    }
  }

  private static void empty(Path folder) throws IOException {
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

  /** Waits until a file, or the names in a folder, are on the disk. */
  static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
