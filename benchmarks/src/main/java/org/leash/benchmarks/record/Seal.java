package org.leash.benchmarks.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.leash.benchmarks.csv.RunTable;
import org.leash.files.Durable;
import org.leash.files.FileFailure;

/**
 * DONE, the mark of a run that ended: the SHA-256 of each of its files, in the format of {@code
 * sha256sum --check}.
 */
public final class Seal {
  static final String FILE = "DONE";

  /** A seal has a line for each table. */
  private static final long LARGEST = 1 << 16;

  private Seal() {}

  /** Whether a run has ended. */
  public static boolean isOn(Path folder) {
    return Files.exists(folder.resolve(FILE));
  }

  /** Messages about files changed since the run ended, or that it has not ended. */
  public static List<String> remarks(Path folder) {
    if (!isOn(folder)) {
      return List.of("the run has not ended");
    }
    try {
      return changed(folder).stream()
          .map(table -> table.file() + " has changed since the run ended")
          .toList();
    } catch (IOException e) {
      return List.of(FILE + " cannot be read: " + e.getMessage());
    }
  }

  /** Sealed files that have changed. */
  static List<RunTable> changed(Path folder) throws IOException {
    if (Files.size(folder.resolve(FILE)) > LARGEST) {
      throw new IOException("it is not a list of hashes");
    }
    String sums = Files.readString(folder.resolve(FILE));
    List<RunTable> changed = new ArrayList<>();
    for (RunTable table : RunTable.values()) {
      Path file = folder.resolve(table.file());
      if (sums.contains("  " + table.file() + "\n")
          && (!Files.exists(file) || !sums.contains(line(folder, table)))) {
        changed.add(table);
      }
    }
    return changed;
  }

  /** Seals a run, whose files are complete. */
  static void put(Path folder) {
    StringBuilder sums = new StringBuilder();
    for (RunTable table : RunTable.values()) {
      if (Files.exists(folder.resolve(table.file()))) { // else a run of an earlier schema
        sums.append(line(folder, table));
      }
    }
    Durable.write(folder.resolve(FILE), sums.toString());
  }

  /** Renews the hash of one file and keeps those of the others. */
  static void renew(Path folder, RunTable table) throws IOException {
    if (isOn(folder) && Files.size(folder.resolve(FILE)) <= LARGEST) {
      List<String> others =
          Files.readString(folder.resolve(FILE))
              .lines()
              .filter(line -> !line.endsWith("  " + table.file()))
              .map(line -> line + "\n")
              .toList();
      Durable.write(folder.resolve(FILE), String.join("", others) + line(folder, table));
    }
  }

  /** Removes the seal of a run that continues. */
  static void remove(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(FILE));
  }

  private static String line(Path folder, RunTable table) {
    return sha256(folder.resolve(table.file())) + "  " + table.file() + "\n";
  }

  /**
   * SHA-256 of a file, in hexadecimal digits.
   *
   * @throws UncheckedIOException it cannot be read
   */
  public static String sha256(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return DigestUtils.sha256Hex(in);
    } catch (IOException e) {
      throw FileFailure.reading(file, e);
    }
  }
}
