package org.leash.benchmarks.csv;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * The folder of a run. Rows are appended and flushed one by one, so that a run that dies leaves all
 * that it measured; DONE, with the SHA-256 of each file, marks one that ended. Not thread-safe.
 */
public final class RunFolder implements AutoCloseable {
  private static final String DONE = "DONE";

  private final Path folder;
  private final String runId;
  private final Map<Table, Writer> writers = new EnumMap<>(Table.class);
  private long samples;

  private RunFolder(Path folder, String runId) {
    this.folder = folder;
    this.runId = runId;
  }

  /**
   * A new run in a folder, which is made where it does not exist.
   *
   * @throws IllegalArgumentException the folder holds a run already
   */
  public static RunFolder create(Path folder, String runId) {
    if (Files.exists(folder.resolve(Table.SAMPLES.file()))) {
      throw new IllegalArgumentException(
          folder + " holds a run already; name another folder with --out");
    }
    RunFolder run = new RunFolder(folder, runId);
    try {
      Files.createDirectories(folder);
      for (Table table : Table.values()) {
        Writer writer =
            Files.newBufferedWriter(
                folder.resolve(table.file()),
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING);
        run.writers.put(table, writer);
        run.write(table, table.columns());
      }
      return run;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path path() {
    return folder;
  }

  public String runId() {
    return runId;
  }

  /** Completes a row with what the run knows, and appends it. */
  public void append(Row row) {
    row.set("run_id", runId);
    if (row.table() == Table.SAMPLES) {
      row.set("seq", ++samples);
    }
    write(row.table(), row.fields());
  }

  private void write(Table table, List<String> fields) {
    try {
      Writer writer = writers.get(table);
      Row.FORMAT.printRecord(writer, fields.toArray());
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a table of a run, without a last line that was cut off. */
  public static List<Row> read(Path folder, Table table) {
    List<Row> rows = new ArrayList<>();
    try (CSVParser parser =
        CSVParser.parse(
            folder.resolve(table.file()),
            StandardCharsets.UTF_8,
            Row.FORMAT.builder().setHeader().setSkipHeaderRecord(true).get())) {
      for (CSVRecord each : parser) {
        if (each.isConsistent()) {
          Row row = Row.of(table);
          table.columns().stream()
              .filter(each::isMapped)
              .forEach(column -> row.set(column, each.get(column)));
          rows.add(row);
        }
      }
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Marks the run as complete. */
  public void done() {
    StringBuilder sums = new StringBuilder();
    for (Table table : Table.values()) {
      sums.append(sha256(folder.resolve(table.file())))
          .append("  ")
          .append(table.file())
          .append('\n');
    }
    try {
      Files.writeString(folder.resolve(DONE), sums);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SHA-256 of a file, in hexadecimal digits. */
  private static String sha256(Path file) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (DigestInputStream input = new DigestInputStream(Files.newInputStream(file), digest)) {
        input.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public void close() {
    for (Writer writer : writers.values()) {
      try {
        writer.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
