package org.leash.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.record.Derivation;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.record.RunWriter;

/** The folder of a run that is killed again and again, and what must hold of it each time. */
public final class SurvivingRun {
  private final Path folder;
  private final Map<RunTable, List<String>> committed = new HashMap<>();

  public SurvivingRun(Path folder) {
    this.folder = folder;
  }

  public Path folder() {
    return folder;
  }

  /** The lines of a file that have their end. */
  public List<String> lines(RunTable table) throws IOException {
    Path file = folder.resolve(table.file());
    if (!Files.exists(file)) {
      return List.of();
    }
    String text = Files.readString(file);
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
  }

  /** Samples that were written when it was last killed, with their header. */
  public int committed() {
    return committed.getOrDefault(RunTable.SAMPLES, List.of()).size();
  }

  /** Lines may be missing from now on. */
  public void forget() {
    committed.clear();
  }

  /**
   * Rows written before the kill are still there; from now on, so must be the rows written since.
   */
  public void assertNothingLost() throws IOException {
    for (RunTable table :
        List.of(RunTable.SAMPLES, RunTable.CHECKS, RunTable.CEILINGS, RunTable.ENV)) {
      List<String> before = committed.getOrDefault(table, List.of());
      List<String> now = lines(table);
      assertThat(now.stream().limit(before.size()).toList())
          .as("nothing that was written to %s is lost or changed", table.file())
          .isEqualTo(before);
      committed.put(table, now);
    }
  }

  /**
   * The run has come to its end; no sample is there twice; each round is the work of one process;
   * unless something is said to be lost, everybody has all forks and rounds; and results.csv is
   * what the samples give if nobody disturbed them.
   */
  public RecordedRun assertSound(int forks, int rounds) throws IOException {
    assertNothingLost();
    // Reading refuses a round that a contender has twice.
    RecordedRun run = RecordedRun.read(folder);
    assertThat(run.complete()).isTrue();
    assertThat(run.remarks()).isEmpty();
    List<Row> samples = RunWriter.read(folder, RunTable.SAMPLES);
    for (int i = 0; i < samples.size(); i++) {
      assertThat(samples.get(i).count("seq")).isEqualTo(i + 1);
    }
    if (run.events().stream().noneMatch(event -> event.get("kind").startsWith("lost_"))) {
      run.series()
          .forEach(
              series -> {
                assertThat(series.isGood()).as(series.reason()).isTrue();
                assertThat(series.nanos()).hasSize(forks);
                assertThat(series.nanos().values()).allMatch(played -> played.size() >= rounds);
              });
    }
    for (List<Row> round : byRound(samples).values()) {
      assertThat(round.stream().map(row -> row.get("process")).distinct())
          .as("a round is played by one process")
          .hasSize(1);
      assertThat(new TreeSet<>(round.stream().map(row -> row.count("slot")).toList()).last())
          .isEqualTo(round.size());
    }

    List<Row> rows = new ArrayList<>(samples);
    rows.addAll(RunWriter.read(folder, RunTable.CHECKS));
    rows.addAll(RunWriter.read(folder, RunTable.CEILINGS));
    assertThat(
            Derivation.of(RecordedRun.of(rows), "").stream()
                .map(row -> row.set("run_id", run.runId()).toLine())
                .toList())
        .isEqualTo(RunWriter.read(folder, RunTable.RESULTS).stream().map(Row::toLine).toList());
    return run;
  }

  private static Map<List<String>, List<Row>> byRound(List<Row> samples) {
    Map<List<String>, List<Row>> rounds = new HashMap<>();
    for (Row row : samples) {
      rounds
          .computeIfAbsent(
              List.of(Key.of(row).caseGroup(), row.get("fork"), row.get("round")),
              round -> new ArrayList<>())
          .add(row);
    }
    return rounds;
  }
}
