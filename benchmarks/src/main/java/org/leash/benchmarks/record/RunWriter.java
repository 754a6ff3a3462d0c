package org.leash.benchmarks.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.csv.TableReader;
import org.leash.files.AppendedFile;
import org.leash.files.BadFileException;
import org.leash.files.Durable;
import org.leash.files.FileFailure;
import org.leash.files.FolderLock;

/**
 * Writes the folder of a run. Each row is one write, so that a run that dies leaves everything it
 * measured and at most one incomplete line; DONE, with the SHA-256 of each file, marks a run that
 * ended. One process at a time may write. Not thread-safe.
 */
public final class RunWriter implements AutoCloseable {
  private final Path folder;
  private final String runId;
  private final FolderLock lock;
  private final Map<RunTable, AppendedFile> files = new EnumMap<>(RunTable.class);
  private final Map<RunTable, String> repairs = new EnumMap<>(RunTable.class);
  private long samples;

  private RunWriter(Path folder, String runId, FolderLock lock) {
    this.folder = folder;
    this.runId = runId;
    this.lock = lock;
  }

  /** Whether a folder holds a run, complete or not. */
  public static boolean isRun(Path folder) {
    return Files.exists(folder.resolve(RunTable.SAMPLES.file()));
  }

  /**
   * Creates a run in a folder, which is created if it does not exist.
   *
   * @param facts for env.csv, which is complete before there are any samples
   * @throws IllegalArgumentException the folder already holds a run, or is in use
   * @throws UncheckedIOException the folder cannot be written to
   */
  public static RunWriter create(Path folder, String runId, List<Row> facts) {
    RunWriter run = open(folder, runId);
    try {
      if (isRun(folder)) {
        throw new IllegalArgumentException(
            folder + " holds a run already; use --resume to continue it, or another --out");
      }
      run.replace(RunTable.ENV, facts);
      for (RunTable table : RunTable.values()) {
        if (table != RunTable.ENV && table != RunTable.SAMPLES) {
          run.replace(table, List.of());
        }
      }
      run.replace(RunTable.SAMPLES, List.of());
      run.openFiles();
      return run;
    } catch (RuntimeException e) {
      run.close();
      throw e;
    }
  }

  /**
   * Continues a run. Incomplete last lines are removed, as {@link #repairs()} lists.
   *
   * @throws IllegalArgumentException the folder is in use
   * @throws BadFileException a file has columns of another version, or has changed since the run
   *     ended by more than the loss of its end
   */
  public static RunWriter resume(Path folder, String runId) {
    RunWriter run = open(folder, runId);
    try {
      run.refuseChanges();
      Seal.remove(folder);
      run.openFiles();
      TableReader.read(
          run.path(RunTable.SAMPLES),
          RunTable.SAMPLES,
          row -> run.samples = Math.max(run.samples, Long.parseLong(row.get("seq"))));
      return run;
    } catch (IOException e) {
      run.close();
      throw FileFailure.writing(folder, e);
    } catch (RuntimeException e) {
      run.close();
      throw e;
    }
  }

  /** Opens a run whose results are to be replaced. */
  public static RunWriter open(Path folder, String runId) {
    try {
      return new RunWriter(folder, runId, FolderLock.on(folder));
    } catch (IOException e) {
      throw FileFailure.writing(folder, e);
    }
  }

  /** Refuses changed files, as a new seal would hide the change. Results are derived again. */
  private void refuseChanges() throws IOException {
    for (RunTable table : Seal.isOn(folder) ? Seal.changed(folder) : List.<RunTable>of()) {
      if (table != RunTable.RESULTS && !isTorn(path(table))) {
        throw new BadFileException(
            path(table),
            "has changed since the run ended; restore it, or delete %s to continue with the change"
                .formatted(folder.resolve(Seal.FILE)));
      }
    }
  }

  private static boolean isTorn(Path file) throws IOException {
    return Files.exists(file) && AppendedFile.endOfLastLine(file) < Files.size(file);
  }

  private void openFiles() {
    for (RunTable table : RunTable.values()) {
      try {
        files.put(table, open(table));
      } catch (IOException e) {
        throw FileFailure.writing(path(table), e);
      }
    }
  }

  /** Opens a file after its last line end; one without any line gets its header. */
  private AppendedFile open(RunTable table) throws IOException {
    Path path = path(table);
    long end = AppendedFile.endOfLastLine(path);
    long torn = Files.exists(path) ? Files.size(path) - end : 0;
    if (torn > 0) {
      repairs.put(
          table,
          String.format(Locale.ROOT, "%s: %d bytes of an incomplete line", table.file(), torn));
    }
    AppendedFile file = new AppendedFile(path, end);
    if (file.isEmpty()) {
      file.append(table.header());
    } else {
      requireHeader(table);
    }
    return file;
  }

  private void requireHeader(RunTable table) throws IOException {
    byte[] wanted = table.header().getBytes(StandardCharsets.UTF_8);
    try (InputStream in = Files.newInputStream(path(table))) {
      if (!Arrays.equals(in.readNBytes(wanted.length), wanted)) {
        throw new BadFileException(
            path(table), 1, "", "has columns of another version; start a new run");
      }
    }
  }

  public Path path() {
    return folder;
  }

  private Path path(RunTable table) {
    return folder.resolve(table.file());
  }

  public String runId() {
    return runId;
  }

  /** Incomplete lines that were removed on resuming. */
  public Map<RunTable, String> repairs() {
    return Collections.unmodifiableMap(repairs);
  }

  /** Number of samples in the run. */
  public long samples() {
    return samples;
  }

  /**
   * Sets the run's columns in a row and appends it.
   *
   * @throws UncheckedIOException it cannot be written, as when the disk is full; the run can be
   *     resumed
   */
  public void append(Row row) {
    row.set("run_id", runId);
    if (row.table() == RunTable.SAMPLES) {
      row.set("seq", ++samples);
    }
    try {
      files.get(row.table()).append(row.toLine() + "\n");
    } catch (IOException e) {
      throw FileFailure.writing(path(row.table()), e);
    }
  }

  /** Flushes all files to disk. */
  public void sync() {
    files.forEach(
        (table, file) -> {
          try {
            file.force();
          } catch (IOException e) {
            throw FileFailure.writing(path(table), e);
          }
        });
  }

  /** Replaces a whole table; readers see the old one or the new. */
  public void replace(RunTable table, List<Row> rows) {
    StringBuilder text = new StringBuilder(table.header());
    rows.forEach(row -> text.append(row.set("run_id", runId).toLine()).append('\n'));
    Durable.write(path(table), text.toString());
  }

  /** Replaces a table of a run that may have ended; its seal is renewed for this table alone. */
  public void replaceSealed(RunTable table, List<Row> rows) {
    replace(table, rows);
    try {
      Seal.renew(folder, table);
    } catch (IOException e) {
      throw FileFailure.writing(folder.resolve(Seal.FILE), e);
    }
  }

  /** Reads a table of a run, without an incomplete last line. */
  public static List<Row> read(Path folder, RunTable table) {
    List<Row> rows = new ArrayList<>();
    TableReader.read(folder.resolve(table.file()), table, rows::add);
    return rows;
  }

  /** Marks the run as complete. */
  public void done() {
    sync();
    Seal.put(folder);
  }

  @Override
  public void close() {
    try (lock) {
      for (AppendedFile file : files.values()) {
        file.close();
      }
    } catch (IOException e) {
      throw FileFailure.writing(folder, e);
    }
  }
}
