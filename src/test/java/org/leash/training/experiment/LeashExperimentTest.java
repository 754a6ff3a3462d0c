package org.leash.training.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.leash.analysis.Bootstrap;
import org.leash.device.Device;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Variant;
import org.leash.operation.Operation;
import org.leash.training.NextToken;
import org.leash.training.record.Journal;
import org.leash.training.task.Task;
import org.leash.training.task.Tasks;

/** What the experiment shows, on few seeds. */
final class LeashExperimentTest {
  private static final int STEPS = 400;

  /** In the middle of training, where figures depend most on the weights. */
  private static final int FEW_STEPS = 80;

  private static final double RATE = LeashExperiment.LEARNING_RATE;
  private static final long SEED = 3;
  private static final String REFERENCE = "java-scalar";

  /** What the reference trains to, by task and arm. */
  private static final Map<List<String>, Map<String, Double>> EXPECTED = new HashMap<>();

  @TempDir Path folder;

  private static Map<String, Double> figures(String taskName, String arm, long seed) {
    return figures(taskName, arm, seed, STEPS, null);
  }

  private static Map<String, Double> figures(
      String taskName, String arm, long seed, int steps, String variant) {
    Task task = Tasks.named(taskName);
    NextToken trained =
        new LeashExperiment(2, steps, RATE, () -> Device.cpu(1), variant)
            .train(Arm.named(arm), task, seed);
    return LeashExperiment.figures(task, task.base(1).next(), trained);
  }

  private static Map<String, Double> base(String taskName) {
    Task task = Tasks.named(taskName);
    return LeashExperiment.figures(task, task.base(1).next(), task.base(1).next());
  }

  @Test
  void plainTrainingShrinksRareModes() {
    assertThat(base("rare-modes").get("modes")).isEqualTo(4);
    for (String arm : List.of("policy-gradient", "grpo")) {
      Map<String, Double> after = figures("rare-modes", arm, 1);
      assertThat(after.get("modes")).isEqualTo(1);
      assertThat(after.get("srr")).isEqualTo(0.25);
      assertThat(after.get("pass@1")).isGreaterThan(0.99);
    }
  }

  @Test
  void equalModesDoNotShrinkUnderThePolicyGradient() {
    assertThat(figures("equal-modes", "policy-gradient", 1).get("srr")).isEqualTo(1);
  }

  @Test
  void sharedWeightsTradeCoverageForPrecision() {
    Map<String, Double> before = base("strategies");
    Map<String, Double> after = figures("strategies", "grpo", 1);
    assertThat(after.get("pass@1")).isGreaterThan(2 * before.get("pass@1"));
    assertThat(after.get("pass@256")).isLessThan(before.get("pass@256") - 0.15);
  }

  @Test
  void tokenEntropyRisesWhileAnswerEntropyFalls() {
    Map<String, Double> before = base("traces:6:4");
    Map<String, Double> after = figures("traces:6:4", "grpo", 1);
    assertThat(after.get("token_entropy")).isGreaterThan(before.get("token_entropy") + 0.3);
    assertThat(after.get("answer_entropy")).isLessThan(before.get("answer_entropy") - 1);
  }

  @Test
  void entropyBonusKeepsAndFindsModes() {
    Map<String, Double> after = figures("rare-modes", "entropy-0.1", 1);
    assertThat(after.get("srr")).isEqualTo(1);
    assertThat(after.get("ndr")).isPositive();
  }

  static List<String> otherVariants() {
    try (Device device = Device.cpu(1)) {
      return Catalogue.of(device).variants().stream()
          .filter(variant -> variant.operation() == Operation.POLICY_GRADIENT)
          .filter(Variant::available)
          .map(Variant::name)
          .filter(name -> !name.equals(REFERENCE))
          .toList();
    }
  }

  /** All of the table, for one seed. */
  @ParameterizedTest
  @MethodSource("otherVariants")
  void everyVariantGivesTheSameNumbers(String variant) {
    for (String task : LeashExperiment.TASKS) {
      for (Arm arm : Arm.ALL) {
        if (arm.isSampled()) {
          Map<String, Double> expected =
              EXPECTED.computeIfAbsent(
                  List.of(task, arm.name()),
                  run -> figures(task, arm.name(), SEED, FEW_STEPS, REFERENCE));
          figures(task, arm.name(), SEED, FEW_STEPS, variant)
              .forEach(
                  (figure, value) ->
                      assertThat(value)
                          .as(task + " " + arm.name() + " " + figure)
                          .isCloseTo(expected.get(figure), within(1e-6)));
        }
      }
    }
  }

  @Test
  void executesAllRunsAndWritesFiles() throws IOException {
    LeashExperiment experiment = new LeashExperiment(2, 3, RATE, () -> Device.cpu(1), null);
    Queue<Outcome> done = new ConcurrentLinkedQueue<>();
    List<Outcome> outcomes = experiment.execute(2, List.of(), done::add);
    assertThat(done).hasSize(experiment.runs(List.of()));
    assertThat(outcomes).hasSize(done.size() + LeashExperiment.TASKS.size());
    for (Outcome outcome : outcomes) {
      if (outcome.arm().equals("exact-tilt") || outcome.arm().equals("exact-natural")) {
        assertThat(outcome.figures().get("srr")).isEqualTo(1);
      }
    }
    List<Summary> summaries = Summary.of(outcomes, new Bootstrap(200, 0.95, 1));
    ExperimentFiles.write(folder, outcomes, summaries);
    assertThat(Files.readAllLines(folder.resolve("runs.csv")))
        .hasSize(1 + outcomes.size() * outcomes.getFirst().figures().size());
    assertThat(Files.readAllLines(folder.resolve("summary.csv")))
        .hasSize(1 + summaries.size() * outcomes.getFirst().figures().size());
    assertThat(Files.readString(folder.resolve("summary.svg")))
        .startsWith("<svg")
        .contains("kl-0.3");
  }

  /** With the journal of fewer seeds, too, whose last line is torn. */
  @Test
  void resumesFromTheJournal() throws IOException {
    Map<String, Object> settings = Map.of("steps", 3);
    LeashExperiment two = new LeashExperiment(2, 3, RATE, () -> Device.cpu(1), null);
    try (Journal<Outcome> journal = ExperimentFiles.journal(folder, settings, false)) {
      assertThat(journal.found()).isEmpty();
      two.execute(2, journal.found(), journal::append);
    }
    Path file = folder.resolve("journal.jsonl");
    String text = Files.readString(file);
    Files.writeString(file, text.substring(0, text.length() - 9));
    LeashExperiment three = new LeashExperiment(3, 3, RATE, () -> Device.cpu(1), null);
    Queue<Outcome> done = new ConcurrentLinkedQueue<>();
    List<Outcome> outcomes;
    try (Journal<Outcome> journal = ExperimentFiles.journal(folder, settings, true)) {
      assertThat(journal.found()).hasSize(two.runs(List.of()) - 1);
      assertThat(three.runs(journal.found()))
          .isEqualTo(three.runs(List.of()) - two.runs(List.of()) + 1);
      outcomes =
          three.execute(
              2,
              journal.found(),
              outcome -> {
                journal.append(outcome);
                done.add(outcome);
              });
      assertThat(done).hasSize(three.runs(journal.found()));
    }
    assertThat(outcomes).isEqualTo(three.execute(2, List.of(), outcome -> {}));
    try (Journal<Outcome> journal = ExperimentFiles.journal(folder, settings, true)) {
      assertThat(three.runs(journal.found())).isZero();
    }
  }

  @Test
  void rejectsTooFewSeedsAndZeroLearningRate() {
    assertThatThrownBy(() -> new LeashExperiment(1, 1, RATE, () -> Device.cpu(1), null))
        .hasMessageContaining("seeds >= 2");
    assertThatThrownBy(() -> new LeashExperiment(2, 1, 0, () -> Device.cpu(1), null))
        .hasMessageContaining("learning rate = 0.0: take a positive number");
  }
}
