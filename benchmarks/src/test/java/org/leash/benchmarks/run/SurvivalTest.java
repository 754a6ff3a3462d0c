package org.leash.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunFolder;
import org.leash.benchmarks.csv.Table;
import org.leash.benchmarks.data.RecordedRun;

/**
 * A run that is killed at random moments, and gone on with each time, ends as one that was not.
 * {@code -Dsurvival.kills=50} kills more often, {@code -Dsurvival.seed=S} at other moments.
 */
final class SurvivalTest {
  private static final int KILLS = Integer.getInteger("survival.kills", 3);
  private static final int MOST_BLOCKS = 40;
  private static final int LONGEST_MILLIS = 1200;

  @TempDir private Path parent;

  private final Random random = new Random(Long.getLong("survival.seed", 1));
  private final List<String> log = new ArrayList<>();

  @Test
  void killingLosesNothingThatWasWritten() throws Exception {
    Path folder = parent.resolve("run");
    List<String> committed = List.of();
    int kills = 0;
    while (kills < KILLS) {
      Process process = start(folder);
      if (waitForTheMoment(process, folder, committed.size())) {
        // Completed in the meantime: the rest of the kills are for another run.
        assertThat(process.exitValue()).as(output()).isZero();
        judge(folder, committed);
        folder = parent.resolve("run" + kills);
        committed = List.of();
        continue;
      }
      List<ProcessHandle> forks = process.descendants().toList();
      process.destroyForcibly().waitFor();
      kills++;
      for (ProcessHandle fork : forks) {
        fork.onExit().get(30, TimeUnit.SECONDS);
      }
      List<String> now = lines(folder);
      assertBegins(now, committed);
      committed = now;
      log.add("after " + committed.size() + " lines");
    }
    Process last = start(folder);
    assertThat(last.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(last.exitValue()).as(output()).isZero();
    judge(folder, committed);
    System.out.printf("%d kills: %s%n", kills, log);
  }

  /**
   * Waits: mostly until some blocks have been written and a little longer, else for some time, so
   * that some processes die before their first block.
   *
   * @return whether the run came to its end first
   */
  private boolean waitForTheMoment(Process process, Path folder, int lines) throws Exception {
    if (random.nextInt(4) > 0) {
      int wanted = lines + 1 + random.nextInt(MOST_BLOCKS);
      while (process.isAlive() && lines(folder).size() < wanted) {
        Thread.sleep(2);
      }
      return process.waitFor(random.nextInt(8), TimeUnit.MILLISECONDS);
    }
    return process.waitFor(random.nextInt(LONGEST_MILLIS), TimeUnit.MILLISECONDS);
  }

  /** A limit to the size of files does what a full disk does, without one. */
  @Test
  void aFullDiskIsToldAndTheRunCanBeGoneOnWith() throws Exception {
    Path folder = parent.resolve("run");
    List<String> limited = new ArrayList<>(List.of("sh", "-c", "ulimit -f 12; exec \"$@\"", "sh"));
    limited.addAll(FakeBench.command("run", folder.toString()));
    Process process =
        new ProcessBuilder(limited)
            .redirectErrorStream(true)
            .redirectOutput(parent.resolve("output.txt").toFile())
            .start();

    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isNotZero();
    assertThat(output()).contains("samples.csv cannot be written: File too large");
    List<String> committed = lines(folder);
    assertThat(committed).hasSizeGreaterThan(10);

    Process rest = start(folder);
    assertThat(rest.waitFor(120, TimeUnit.SECONDS)).isTrue();
    judge(folder, committed);
  }

  private static void assertBegins(List<String> lines, List<String> committed) {
    assertThat(lines.stream().limit(committed.size()).toList())
        .as("nothing that was written is lost or changed")
        .isEqualTo(committed);
  }

  private Process start(Path folder) throws IOException {
    return new ProcessBuilder(FakeBench.command("run", folder.toString()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(parent.resolve("output.txt").toFile()))
        .start();
  }

  private String output() throws IOException {
    return Files.readString(parent.resolve("output.txt"));
  }

  /** The lines of samples.csv that have their end. */
  private List<String> lines(Path folder) throws IOException {
    Path samples = folder.resolve("samples.csv");
    if (!Files.exists(samples)) {
      return List.of();
    }
    String text = Files.readString(samples);
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
  }

  private void judge(Path folder, List<String> committed) throws IOException {
    assertBegins(lines(folder), committed);
    // Reading refuses a round that a contender has twice.
    RecordedRun run = RecordedRun.read(folder);
    assertThat(run.complete()).isTrue();
    assertThat(run.remarks()).isEmpty();

    List<Row> samples = RunFolder.read(folder, Table.SAMPLES);
    for (int i = 0; i < samples.size(); i++) {
      assertThat(samples.get(i).count("seq")).isEqualTo(i + 1);
    }
    assertThat(run.series()).hasSize(FakeBench.ENTRIES * FakeBench.VARIANTS.size());
    int wanted = FakeBench.PLAN.effort().rounds();
    run.series()
        .forEach(
            series -> {
              assertThat(series.nanos()).hasSize(FakeBench.PLAN.effort().forks());
              assertThat(series.nanos().values()).allMatch(rounds -> rounds.size() >= wanted);
            });
    for (List<Row> round : byRound(samples).values()) {
      assertThat(round.stream().map(row -> row.get("process")).distinct())
          .as("a round is played by one process")
          .hasSize(1);
      assertThat(round).hasSizeLessThanOrEqualTo(FakeBench.VARIANTS.size());
      assertThat(new TreeSet<>(round.stream().map(row -> row.count("slot")).toList()).last())
          .isEqualTo(round.size());
    }

    // The same samples, as if a run that nobody disturbed had left them.
    List<Row> rows = new ArrayList<>(samples);
    rows.addAll(RunFolder.read(folder, Table.CHECKS));
    rows.addAll(RunFolder.read(folder, Table.CEILINGS));
    List<String> derived =
        Derivation.of(RecordedRun.of(rows), "").stream()
            .map(row -> row.set("run_id", "fake").toLine())
            .toList();
    assertThat(derived)
        .isNotEmpty()
        .isEqualTo(RunFolder.read(folder, Table.RESULTS).stream().map(Row::toLine).toList());
  }

  private static Map<String, List<Row>> byRound(List<Row> samples) {
    Map<String, List<Row>> rounds = new HashMap<>();
    for (Row row : samples) {
      rounds
          .computeIfAbsent(
              row.get("rows") + "/" + row.get("fork") + "/" + row.get("round"),
              round -> new ArrayList<>())
          .add(row);
    }
    return rounds;
  }
}
