package org.leash.benchmarks.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.leash.benchmarks.csv.BadDataException;
import org.leash.benchmarks.csv.FileFailure;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.csv.TableReader;
import org.leash.benchmarks.csv.WholeFile;

/**
 * The folder of a run. Each row is appended with one write, so that a run that dies leaves all that
 * it measured and at most one line that is cut off; DONE, with the SHA-256 of each file, marks one
 * that ended. One process at a time may write. Not thread-safe.
 */
public final class RunWriter implements AutoCloseable {
  private final Path folder;
  private final String runId;
  private final RunLock lock;
  private final Map<RunTable, FileChannel> channels = new EnumMap<>(RunTable.class);
  private final Map<RunTable, String> repairs = new EnumMap<>(RunTable.class);
  private long samples;

  private RunWriter(Path folder, String runId, RunLock lock) {
    this.folder = folder;
    this.runId = runId;
    this.lock = lock;
  }

  /** Whether a folder holds a run, complete or not. */
  public static boolean holdsRun(Path folder) {
    return Files.exists(folder.resolve(RunTable.SAMPLES.file()));
  }

  /**
   * A new run in a folder, which is made where it does not exist.
   *
   * @param facts for env.csv, which is complete before there are any samples
   * @throws IllegalArgumentException the folder holds a run already, or another process writes to
   *     it
   * @throws UncheckedIOException the folder cannot be written to
   */
  public static RunWriter create(Path folder, String runId, List<Row> facts) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw FileFailure.writing(folder, e);
    }
    RunWriter run = open(folder, runId);
    try {
      if (holdsRun(folder)) {
        throw new IllegalArgumentException(
            folder
                + " holds a run already; go on with it by --resume, or name another folder with"
                + " --out");
      }
      run.replace(RunTable.ENV, facts);
      for (RunTable table : RunTable.values()) {
        if (table != RunTable.ENV && table != RunTable.SAMPLES) {
          run.replace(table, List.of());
        }
      }
      run.replace(RunTable.SAMPLES, List.of());
      run.openChannels();
      return run;
    } catch (RuntimeException e) {
      run.close();
      throw e;
    }
  }

  /**
   * Goes on with a run. Lines that were cut off are removed: {@link #repairs()} tells which.
   *
   * @throws IllegalArgumentException another process writes to the folder
   * @throws BadDataException a file has other columns than this version writes, or has changed
   *     since the run ended in another way than that its last line is cut off
   */
  public static RunWriter resume(Path folder, String runId) {
    RunWriter run = open(folder, runId);
    try {
      run.refuseChanges();
      Seal.remove(folder);
      for (RunTable table : RunTable.values()) {
        run.repair(table);
      }
      run.openChannels();
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

  /** A run that is not measured here, only written to again: its results. */
  public static RunWriter open(Path folder, String runId) {
    try {
      return new RunWriter(folder, runId, RunLock.of(folder));
    } catch (IOException e) {
      throw FileFailure.writing(folder, e);
    }
  }

  private void openChannels() {
    for (RunTable table : RunTable.values()) {
      try {
        channels.put(table, FileChannel.open(path(table), StandardOpenOption.APPEND));
      } catch (IOException e) {
        throw FileFailure.writing(path(table), e);
      }
    }
  }

  /** A seal would hide what happened to a file behind the new one; results are derived again. */
  private void refuseChanges() throws IOException {
    for (RunTable table : Seal.isOn(folder) ? Seal.changed(folder) : List.<RunTable>of()) {
      if (table != RunTable.RESULTS && !isTorn(path(table))) {
        throw new BadDataException(
            "%s has changed since the run ended: put back what it was, or delete %s to go on with what it is"
                .formatted(path(table), folder.resolve(Seal.FILE)));
      }
    }
  }

  private static boolean isTorn(Path file) throws IOException {
    if (!Files.exists(file)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return lastLineEnd(channel) < channel.size();
    }
  }

  /** Cuts a file after its last line end; gives one that has none, or is missing, its header. */
  private void repair(RunTable table) throws IOException {
    Path file = path(table);
    String header = table.header();
    if (!Files.exists(file)) {
      Files.writeString(file, header, StandardOpenOption.CREATE_NEW);
      return;
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long end = lastLineEnd(channel);
      if (end < channel.size()) {
        repairs.put(
            table,
            "%s: %d bytes of a line that was cut off"
                .formatted(table.file(), channel.size() - end));
        channel.truncate(end);
      }
      if (end == 0) {
        channel.write(ByteBuffer.wrap(header.getBytes(StandardCharsets.UTF_8)));
      }
    }
    byte[] wanted = header.getBytes(StandardCharsets.UTF_8);
    try (InputStream in = Files.newInputStream(file)) {
      if (!Arrays.equals(in.readNBytes(wanted.length), wanted)) {
        throw new BadDataException(
            file, 1, "", "other columns than this version writes; begin a new run");
      }
    }
  }

  private static long lastLineEnd(FileChannel channel) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1 << 12);
    for (long end = channel.size(); end > 0; ) {
      long begin = Math.max(0, end - one.capacity());
      one.clear().limit((int) (end - begin));
      int length = channel.read(one, begin);
      for (int i = length - 1; i >= 0; i--) {
        if (one.get(i) == '\n') {
          return begin + i + 1;
        }
      }
      end = begin;
    }
    return 0;
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

  /** What had to be mended when the run was taken up again. */
  public Map<RunTable, String> repairs() {
    return Collections.unmodifiableMap(repairs);
  }

  /** How many samples have been appended, over all of the run. */
  public long samples() {
    return samples;
  }

  /**
   * Completes a row with what the run knows, and appends it.
   *
   * @throws UncheckedIOException the disk is full, or the like; the run can be resumed
   */
  public void append(Row row) {
    row.set("run_id", runId);
    if (row.table() == RunTable.SAMPLES) {
      row.set("seq", ++samples);
    }
    FileChannel channel = channels.get(row.table());
    ByteBuffer bytes = ByteBuffer.wrap((row.toLine() + "\n").getBytes(StandardCharsets.UTF_8));
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw FileFailure.writing(path(row.table()), e);
    }
  }

  /** Waits until everything is on the disk. */
  public void sync() {
    channels.forEach(
        (table, channel) -> {
          try {
            channel.force(false);
          } catch (IOException e) {
            throw FileFailure.writing(path(table), e);
          }
        });
  }

  /** Writes a whole table, in place of what it held; readers see the one or the other. */
  public void replace(RunTable table, List<Row> rows) {
    StringBuilder text = new StringBuilder(table.header());
    rows.forEach(row -> text.append(row.set("run_id", runId).toLine()).append('\n'));
    WholeFile.replace(path(table), text.toString());
  }

  /** The same for a run that may have ended: what its seal says of all other tables stays. */
  public void replaceSealed(RunTable table, List<Row> rows) {
    replace(table, rows);
    try {
      Seal.renew(folder, table);
    } catch (IOException e) {
      throw FileFailure.writing(folder.resolve(Seal.FILE), e);
    }
  }

  /** Reads a table of a run, without a last line that was cut off. */
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
      for (FileChannel channel : channels.values()) {
        channel.close();
      }
    } catch (IOException e) {
      throw FileFailure.writing(folder, e);
    }
  }
}
