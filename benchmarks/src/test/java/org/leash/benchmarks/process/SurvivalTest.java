package org.leash.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.record.RecordedRun;

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
  void killedRunKeepsEverythingWritten() throws Exception {
    SurvivingRun run = new SurvivingRun(parent.resolve("run"));
    int kills = 0;
    while (kills < KILLS) {
      Process process = start(run);
      if (waitForTheMoment(process, run)) {
        // Completed in the meantime: the rest of the kills are for another run.
        assertThat(process.exitValue()).as(output()).isZero();
        judge(run);
        run = new SurvivingRun(parent.resolve("run" + kills));
        continue;
      }
      List<ProcessHandle> forks = process.descendants().toList();
      process.destroyForcibly().waitFor();
      kills++;
      for (ProcessHandle fork : forks) {
        fork.onExit().get(30, TimeUnit.SECONDS);
      }
      run.assertNothingLost();
      log.add("after " + run.committed() + " lines");
    }
    complete(run);
    judge(run);
    System.out.printf("%d kills: %s%n", kills, log);
  }

  /**
   * Waits: mostly until some blocks have been written and a little longer, else for some time, so
   * that some processes die before their first block.
   *
   * @return whether the run came to its end first
   */
  private boolean waitForTheMoment(Process process, SurvivingRun run) throws Exception {
    if (random.nextInt(4) > 0) {
      int wanted = run.committed() + 1 + random.nextInt(MOST_BLOCKS);
      while (process.isAlive() && run.lines(RunTable.SAMPLES).size() < wanted) {
        Thread.sleep(2);
      }
      return process.waitFor(random.nextInt(8), TimeUnit.MILLISECONDS);
    }
    return process.waitFor(random.nextInt(LONGEST_MILLIS), TimeUnit.MILLISECONDS);
  }

  /** A copy may end in the middle of a line: what it lost is measured again. */
  @Test
  void resumesTornCopyOfEndedRun() throws Exception {
    SurvivingRun run = new SurvivingRun(parent.resolve("run"));
    complete(run);
    judge(run);

    // The last entry loses two rounds and some.
    cut(run, RunTable.SAMPLES, run.lines(RunTable.SAMPLES).size() - 7);
    run.forget();
    complete(run);
    judge(run);
    assertThat(run.lines(RunTable.EVENTS)).anyMatch(line -> line.contains("samples missing: 7"));

    cut(run, RunTable.CHECKS, run.lines(RunTable.CHECKS).size() - 1);
    run.forget();
    complete(run);
    judge(run);
    assertThat(run.lines(RunTable.EVENTS)).anyMatch(line -> line.contains("a check is missing"));
  }

  private void complete(SurvivingRun run) throws Exception {
    Process process = start(run);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output()).isZero();
  }

  /** Keeps so many lines of a file and half of the next. */
  private static void cut(SurvivingRun run, RunTable table, int kept) throws IOException {
    List<String> lines = run.lines(table);
    String next = lines.get(kept);
    Files.writeString(
        run.folder().resolve(table.file()),
        String.join("\n", lines.subList(0, kept)) + "\n" + next.substring(0, next.length() / 2));
  }

  /** A limit to the size of files does what a full disk does, without one. */
  @Test
  void reportsFullDiskAndResumes() throws Exception {
    SurvivingRun run = new SurvivingRun(parent.resolve("run"));
    List<String> limited = new ArrayList<>(List.of("sh", "-c", "ulimit -f 12; exec \"$@\"", "sh"));
    limited.addAll(FakeBench.command("run", run.folder().toString()));
    Process process =
        new ProcessBuilder(limited)
            .redirectErrorStream(true)
            .redirectOutput(parent.resolve("output.txt").toFile())
            .start();

    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isNotZero();
    assertThat(output()).contains("samples.csv: File too large");
    run.assertNothingLost();
    assertThat(run.committed()).isGreaterThan(10);

    complete(run);
    judge(run);
  }

  private Process start(SurvivingRun run) throws IOException {
    return new ProcessBuilder(FakeBench.command("run", run.folder().toString()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(parent.resolve("output.txt").toFile()))
        .start();
  }

  private String output() throws IOException {
    return Files.readString(parent.resolve("output.txt"));
  }

  private static void judge(SurvivingRun run) throws IOException {
    RecordedRun recorded =
        run.assertSound(FakeBench.PLAN.effort().forks(), FakeBench.PLAN.effort().rounds());
    assertThat(recorded.series()).hasSize(FakeBench.CASES * FakeBench.VARIANTS.size());
  }
}
