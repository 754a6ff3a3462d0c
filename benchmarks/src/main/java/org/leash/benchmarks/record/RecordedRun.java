package org.leash.benchmarks.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.csv.TableReader;
import org.leash.files.BadFileException;

/**
 * A run read from its files. Immutable.
 *
 * @param runId "" without rows
 * @param schema of the files; "" without rows
 * @param series by contender and case, in the order of the files
 * @param complete whether the run has ended
 * @param remarks for readers of the results: incomplete lines, files changed since the run ended
 */
public record RecordedRun(
    Path folder,
    String runId,
    String schema,
    Environment environment,
    List<Series> series,
    List<Ceiling> ceilings,
    List<Row> events,
    boolean complete,
    List<String> remarks) {

  /** Most rows of a file; a large run has some hundred thousand. */
  private static final long MOST_ROWS = 5_000_000;

  private static final int MOST_SERIES = 100_000;

  /**
   * Reads a run, which may still be in progress.
   *
   * @throws BadFileException a file is invalid, or the files are of different runs
   * @throws UncheckedIOException the folder holds no run, or it cannot be read
   */
  public static RecordedRun read(Path folder) {
    if (!Files.isRegularFile(folder.resolve(RunTable.SAMPLES.file()))) {
      throw new UncheckedIOException(
          new IOException(
              "%s holds no run: there is no %s in it".formatted(folder, RunTable.SAMPLES.file())));
    }
    return new Reader(folder).read();
  }

  /** A run from rows in memory. */
  public static RecordedRun of(Collection<Row> rows) {
    Reader reader = new Reader(Path.of("."));
    List<Row> facts = new ArrayList<>();
    List<Ceiling> ceilings = new ArrayList<>();
    List<Row> events = new ArrayList<>();
    for (Row row : rows) {
      reader.runId = row.get("run_id");
      switch (row.table()) {
        case ENV -> facts.add(row);
        case SAMPLES -> reader.sample(row);
        case CHECKS -> reader.of(row).add(RecordedCheck.of(row));
        case CEILINGS -> ceilings.add(Ceiling.of(row));
        case EVENTS -> events.add(row);
        case RESULTS, JOURNAL -> {}
      }
    }
    return reader.run(Environment.of(facts), ceilings, events, true);
  }

  /** Series that can be compared with each other, by {@link Key#caseGroup()}. */
  public Map<String, List<Series>> cases() {
    return series.stream()
        .collect(
            Collectors.groupingBy(
                each -> each.key().caseGroup(), LinkedHashMap::new, Collectors.toList()));
  }

  private static final class Reader {
    private final Path folder;
    private final Map<Key, Series> series = new LinkedHashMap<>();
    private final List<String> remarks = new ArrayList<>();
    private String runId = "";
    private String schema = "";

    Reader(Path folder) {
      this.folder = folder;
    }

    RecordedRun read() {
      Environment environment = Environment.of(list(RunTable.ENV, Function.identity()));
      read(RunTable.SAMPLES, this::sample);
      read(RunTable.CHECKS, row -> of(row).add(RecordedCheck.of(row)));
      List<Ceiling> ceilings = list(RunTable.CEILINGS, Ceiling::of);
      List<Row> events = list(RunTable.EVENTS, Function.identity());
      remarks.addAll(Seal.remarks(folder));
      return run(environment, ceilings, events, Seal.isOn(folder));
    }

    private RecordedRun run(
        Environment environment, List<Ceiling> ceilings, List<Row> events, boolean complete) {
      return new RecordedRun(
          folder,
          runId,
          schema,
          environment,
          List.copyOf(series.values()),
          List.copyOf(ceilings),
          List.copyOf(events),
          complete,
          List.copyOf(remarks));
    }

    private void sample(Row row) {
      Sample sample = Sample.of(row);
      if (!of(row).add(sample)) {
        throw row.bad(
            "round",
            String.format(
                Locale.ROOT,
                "the contender has a sample of round %d of fork %d already",
                sample.round(),
                sample.fork()));
      }
    }

    private Series of(Row row) {
      if (series.size() >= MOST_SERIES) {
        throw row.bad(
            "", String.format(Locale.ROOT, "more than %d contenders and cases", MOST_SERIES));
      }
      return series.computeIfAbsent(Key.of(row), Series::new);
    }

    private <T> List<T> list(RunTable table, Function<Row, T> element) {
      List<T> list = new ArrayList<>();
      read(table, row -> list.add(element.apply(row)));
      return list;
    }

    private void read(RunTable table, Consumer<Row> sink) {
      Path file = folder.resolve(table.file());
      if (!Files.exists(file)) {
        remarks.add(table.file() + " is missing");
        return;
      }
      long[] rows = {0};
      TableReader.Outcome outcome =
          TableReader.read(
              file,
              table,
              row -> {
                if (++rows[0] > MOST_ROWS) {
                  throw row.bad("", String.format(Locale.ROOT, "more than %d rows", MOST_ROWS));
                }
                sink.accept(row);
              });
      outcome.torn().ifPresent(remarks::add);
      if (outcome.rows() == 0) {
        return;
      }
      if (runId.isEmpty()) {
        runId = outcome.runId();
        schema = outcome.schema();
      }
      if (!runId.equals(outcome.runId()) || !schema.equals(outcome.schema())) {
        throw new BadFileException(
            "%s is of run '%s' in schema %s, other files in the folder of run '%s' in schema %s"
                .formatted(file, outcome.runId(), outcome.schema(), runId, schema));
      }
    }
  }
}
