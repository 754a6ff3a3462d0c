package org.leash.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.process.SurvivingRun;
import org.leash.benchmarks.record.RecordedRun;

/**
 * {@code leash-bench run} on real kernels, whose processes get SIGKILL at random moments: parent
 * and fork at once, the parent alone, or the fork alone. {@code -Dsurvival.real.kills=50} kills
 * more often, {@code -Dsurvival.seed=S} at other moments; each kill takes about five seconds.
 */
final class KilledRunTest {
  private static final int KILLS = Integer.getInteger("survival.real.kills", 1);
  private static final int FORKS = 2;

  /** No more, as after these whoever takes much longer than the fastest may leave. */
  private static final int ROUNDS = 3;

  private static final int LONGEST_MILLIS = 6000;
  private static final int MOST_BLOCKS = 12;

  private enum Victim {
    BOTH,
    PARENT,
    FORK
  }

  @TempDir private Path parent;

  private final Random random = new Random(Long.getLong("survival.seed", 1));
  private final TreeMap<String, Integer> tally = new TreeMap<>();

  @Test
  void killedRunKeepsEverythingWritten() throws Exception {
    int runs = 0;
    int kills = 0;
    while (kills < KILLS) {
      SurvivingRun run = new SurvivingRun(parent.resolve("run" + runs++));
      boolean forkAlone = false;
      Process process = start(run);
      while (kills < KILLS && !waitForTheMoment(process, run)) {
        Victim victim = Victim.values()[random.nextInt(Victim.values().length)];
        boolean killed = kill(process, victim);
        kills += killed ? 1 : 0;
        forkAlone |= killed && victim == Victim.FORK;
        run.assertNothingLost();
        if (killed) {
          tally.merge(
              victim + (run.committed() > 0 ? "" : " before the first sample"), 1, Integer::sum);
        }
        if (!process.isAlive()) {
          process = start(run);
        }
      }
      assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
      judge(run, process.exitValue(), forkAlone);
    }
    System.out.printf("%d kills in %d runs: %s%n", kills, runs, tally);
  }

  /**
   * Waits for some blocks to be written, or for some time.
   *
   * @return whether the run came to its end first
   */
  private boolean waitForTheMoment(Process process, SurvivingRun run) throws Exception {
    if (random.nextBoolean()) {
      int wanted = run.lines(RunTable.SAMPLES).size() + 1 + random.nextInt(MOST_BLOCKS);
      while (process.isAlive() && run.lines(RunTable.SAMPLES).size() < wanted) {
        Thread.sleep(2);
      }
      return process.waitFor(random.nextInt(20), TimeUnit.MILLISECONDS);
    }
    return process.waitFor(random.nextInt(LONGEST_MILLIS), TimeUnit.MILLISECONDS);
  }

  /** Whether there was somebody to kill. */
  private static boolean kill(Process process, Victim victim) throws Exception {
    List<ProcessHandle> forks = process.children().toList();
    if (victim == Victim.FORK && forks.isEmpty()) {
      return false;
    }
    if (victim != Victim.FORK) {
      process.destroyForcibly();
    }
    if (victim != Victim.PARENT) {
      forks.forEach(ProcessHandle::destroyForcibly);
    }
    if (victim != Victim.FORK) {
      process.waitFor();
    }
    for (ProcessHandle fork : forks) {
      // One whose parent was killed ends by itself.
      fork.onExit().get(30, TimeUnit.SECONDS);
    }
    return true;
  }

  private Process start(SurvivingRun run) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Dleash.bench.cache=" + System.getProperty("leash.bench.cache"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(LeashBench.class.getName());
    command.addAll(List.of("run", "--suite=quick", "--threads=1", "--resume", "--precision=0"));
    command.addAll(List.of("--forks=" + FORKS, "--rounds=" + ROUNDS));
    command.add(
        "--filter=(token_statistics|log_softmax|entropy) f32 256x32768 peaked_h0.4, 1 thread /"
            + " native-");
    command.add("--out=" + run.folder());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(parent.resolve("output.txt").toFile()))
        .start();
  }

  private void judge(SurvivingRun run, int exit, boolean forkAlone) throws IOException {
    RecordedRun recorded = run.assertSound(FORKS, ROUNDS);
    boolean lost =
        recorded.events().stream().anyMatch(event -> event.get("kind").startsWith("lost_"));
    String output = Files.readString(parent.resolve("output.txt"));
    assertThat(exit).as(output).isEqualTo(lost ? ExitCodes.FAILED : ExitCodes.OK);
    if (!forkAlone) {
      assertThat(lost).as("only a fork that died alone loses a contender its time").isFalse();
    }
    StringWriter said = new StringWriter();
    int derived =
        LeashBench.commandLine()
            .setOut(new PrintWriter(said, true))
            .execute("derive", run.folder().toString());
    assertThat(derived).isZero();
    assertThat(said.toString()).contains("rows, as they were");
    assertThat(recorded.environment().get("native.lib_sha256")).isPresent();
  }
}
