package org.leash.training.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ends training processes as {@code kill -9} does, at random moments, some of them before the first
 * step, and starts them again: the figures and weights must be those of a process that was left
 * alone. Three kills; {@code -Dleash.kills=20} makes it twenty.
 */
final class KillTest {
  private static final int KILLS = Integer.getInteger("leash.kills", 3);
  private static final int STEPS = 200 + 150 * KILLS;

  @TempDir Path folder;

  @Test
  void figuresSurviveKills() throws IOException, InterruptedException {
    RandomGenerator random = RandomGenerator.getDefault();
    Path killed = folder.resolve("killed");
    int kills = 0;
    int midway = 0;
    for (int attempt = 0; kills < KILLS; attempt++) {
      assertThat(attempt).isLessThan(3 * KILLS);
      Process process = start(killed);
      // Every fourth at any moment of the start; the others once the run moves.
      if (attempt % 4 != 3) {
        awaitProgress(process, killed, attempt % 2 == 0);
      }
      if (process.waitFor(random.nextInt(200), TimeUnit.MILLISECONDS)) {
        assertThat(process.exitValue()).as(said()).isZero();
        break;
      }
      process.destroyForcibly();
      process.waitFor();
      kills++;
      midway += Files.exists(killed.resolve("latest")) ? 1 : 0;
    }
    assertThat(kills).isPositive();
    assertThat(midway).isPositive();
    System.out.printf("%d kills, %d of them after the first checkpoint%n", kills, midway);
    assertThat(start(killed).waitFor()).as(said()).isZero();
    Path whole = folder.resolve("whole");
    assertThat(start(whole).waitFor()).as(said()).isZero();
    assertThat(TrainerTest.figures(killed))
        .hasSize(STEPS + 1)
        .isEqualTo(TrainerTest.figures(whole));
    String last = "checkpoint-" + STEPS;
    for (String name : new String[] {"model.safetensors", "optimizer.safetensors", "rng.json"}) {
      assertThat(
              Files.mismatch(killed.resolve(last).resolve(name), whole.resolve(last).resolve(name)))
          .as(name)
          .isEqualTo(-1);
    }
    for (String name : new String[] {"completions.jsonl", "best", "latest"}) {
      assertThat(Files.mismatch(killed.resolve(name), whole.resolve(name))).as(name).isEqualTo(-1);
    }
    assertThat(timeless(killed.resolve("eval_prompts.csv")))
        .isEqualTo(timeless(whole.resolve("eval_prompts.csv")));
  }

  /** What the last process said. */
  private String said() throws IOException {
    return Files.readString(folder.resolve("said"));
  }

  /** Rows without the name of the run. */
  private static List<String> timeless(Path csv) throws IOException {
    return Files.readAllLines(csv).stream().map(row -> row.replaceFirst("^[^,]*", "")).toList();
  }

  /**
   * Returns when a line is logged, or the process ends.
   *
   * @param checkpointed whether there must be a checkpoint, too: under load it takes longer than
   *     the moments before the kill
   */
  private static void awaitProgress(Process process, Path run, boolean checkpointed)
      throws InterruptedException {
    File metrics = run.resolve("metrics.jsonl").toFile();
    long before = -1;
    while (process.isAlive()) {
      long now = metrics.length();
      boolean grew = before >= 0 && now > before;
      if (grew && (!checkpointed || Files.exists(run.resolve("latest")))) {
        return;
      }
      before = now;
      Thread.sleep(5);
    }
  }

  private Process start(Path out) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "org.leash.cli.LeashCommand",
                "train",
                "--out",
                out.toString(),
                "--resume"));
    command.addAll(
        List.of(
            ("--task digits:4:3:3 --preset ppo --prompts 3 --minibatches 2 --optimizer adamw"
                    + " --learning-rate 0.02 --reward reference --deviation-filter 0.5"
                    + " --kl-coefficient 0.05 --off-policy 1 --reference-reset 70 --eval-samples 4"
                    + " --threads 1 --checkpoint-every 20 --eval-every 50 --steps "
                    + STEPS)
                .split(" ")));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("said").toFile())
        .start();
  }
}
