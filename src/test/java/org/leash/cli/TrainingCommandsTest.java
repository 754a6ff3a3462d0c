package org.leash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code leash train}, {@code leash report} and what they refuse. */
final class TrainingCommandsTest {
  private record Run(int code, String out, String err) {}

  @TempDir Path folder;

  private static Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        LeashCommand.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return new Run(command.execute(arguments), out.toString(), err.toString());
  }

  @Test
  void trainsAndReports() throws IOException {
    String run = folder.resolve("run").toString();
    Run trained = run("train", "--steps", "5", "--threads", "1", "--out", run, "--format", "csv");
    assertThat(trained.err).isEmpty();
    assertThat(trained.code).isZero();
    assertThat(trained.out).startsWith("eval/pass@1,");
    Run again = run("train", "--steps", "5", "--threads", "1", "--out", run);
    assertThat(again.code).isEqualTo(LeashCommand.USAGE);
    assertThat(again.err).contains("holds a run; resume it");
    Run resumed = run("train", "--steps", "8", "--threads", "1", "--out", run, "--resume");
    assertThat(resumed.code).isZero();
    Run reported = run("report", run);
    assertThat(reported.code).isZero();
    assertThat(Files.readString(folder.resolve("run").resolve("report.html")))
        .contains("rare-modes")
        .contains("grpo");
  }

  @Test
  void listsNamesAndOptions() {
    assertThat(run("train", "--list").out)
        .contains("rare-modes", "strategies")
        .contains("gspo")
        .contains("soft-z")
        .containsPattern("--advantage: .*gae:GAMMA:LAMBDA")
        .containsPattern("--kl-estimator: .*k3-corrected");
    assertThat(run("train", "--help").out)
        .contains(
            "--dual-clip=X", "--kl-in=NAME", "--aggregation=NAME", "--rollout-correction=NAME");
  }

  /** Overrides of the algorithm are part of the run's configuration. */
  @Test
  void recordsOverridesAndChecksThemOnResume() throws IOException {
    String run = folder.resolve("run").toString();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                ("train --steps 3 --threads 1 --preset dapo --advantage gae:0.9:0.8"
                        + " --aggregation seq-mean-token-sum --dual-clip 3 --kl-in reward"
                        + " --kl-estimator k3 --kl-coefficient 0.01"
                        + " --rollout-correction sequence-truncate --rollout-cap 2 --out "
                        + run)
                    .split(" ")));
    assertThat(run(arguments.toArray(String[]::new)).err).isEmpty();
    assertThat(Files.readString(folder.resolve("run").resolve("config.json")))
        .contains("\"advantage\" : \"gae:0.9:0.8\"")
        .contains("\"klIn\" : \"reward\"")
        .contains("\"dualClip\" : 3.0");
    arguments.add("--resume");
    arguments.set(arguments.indexOf("gae:0.9:0.8"), "gae:0.9:0.7");
    assertThat(run(arguments.toArray(String[]::new)).err)
        .contains("advantage = gae:0.9:0.8, not gae:0.9:0.7");
  }

  /** As the help writes them, and as config.json does. */
  @Test
  void acceptsNanAndInfinity() throws IOException {
    Path run = folder.resolve("run");
    for (String[] words : new String[][] {{"nan", "infinity"}, {"NaN", "Infinity"}}) {
      String options =
          "train --steps 0 --threads 1 --resume --clip-low %s --dual-clip %s --out %s"
              .formatted(words[0], words[1], run);
      Run trained = run(options.split(" "));
      assertThat(trained.err).isEmpty();
      assertThat(trained.code).isZero();
    }
    assertThat(Files.readString(run.resolve("config.json")))
        .contains("\"clipLow\" : \"NaN\"", "\"dualClip\" : \"Infinity\"");
    assertThat(run("train", "--clip-low", "low", "--out", run.toString()).err)
        .contains("'low' is not a number, nor nan or infinity");
  }

  @Test
  void reportsErrorsInOneLine() throws IOException {
    String run = folder.resolve("run").toString();
    assertThat(run("train").err).contains("--out is missing");
    assertThat(run("train", "--out", run, "--preset", "magic").err).contains("magic");
    assertThat(run("train", "--out", run, "--task", "magic").err).contains("there is no task");
    assertThat(run("train", "--out", run, "--group", "1").err)
        .contains("group = 1 is out of range");
    assertThat(run("train", "--out", run, "--kl-in", "magic").err)
        .contains("klIn = magic: take one of preset, loss, reward");
    assertThat(run("train", "--out", run, "--variant", "magic").err).contains("magic");
    assertThat(run("train", "--out", run, "--group", "1").code).isEqualTo(LeashCommand.USAGE);
    assertThat(Files.exists(folder.resolve("run"))).isFalse();
    assertThat(run("report", folder.toString()).err).contains("has no metrics.jsonl");
    assertThat(run("experiment", "magic").err).contains("use leash");
    Files.writeString(folder.resolve("config.json"), "{}");
    Files.writeString(folder.resolve("metrics.jsonl"), "nonsense\n{\"step\":1}\n");
    Run damaged = run("report", folder.toString());
    assertThat(damaged.code).isEqualTo(LeashCommand.BAD_DATA);
    assertThat(damaged.err).contains("metrics.jsonl:1: not JSON");
  }
}
