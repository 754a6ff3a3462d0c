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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.leash.analysis.Bootstrap;
import org.leash.device.Device;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Operation;
import org.leash.kernel.Variant;
import org.leash.training.TabularPolicy;
import org.leash.training.Task;
import org.leash.training.Tasks;
import org.leash.training.Trainer;
import org.leash.training.TrainingConfig;

/** What the experiment shows, on few seeds. */
final class LeashExperimentTest {
  private static final int STEPS = 400;
  private static final long SEED = 3;
  private static final String REFERENCE = "java-scalar";

  /** A task and an arm. */
  private static final List<String> UNSTABLE = List.of("strategies", "entropy-0.1");

  /** What the reference trains to, by task and arm. */
  private static final Map<List<String>, Map<String, Double>> EXPECTED = new HashMap<>();

  @TempDir Path folder;

  private static Map<String, Double> figures(String taskName, String arm, long seed) {
    return figures(taskName, arm, seed, null);
  }

  private static Map<String, Double> figures(
      String taskName, String arm, long seed, String variant) {
    Task task = Tasks.named(taskName);
    TabularPolicy trained =
        new LeashExperiment(2, STEPS, () -> Device.cpu(1), variant)
            .train(Arm.named(arm), task, seed);
    return LeashExperiment.figures(task, task.base(1), trained);
  }

  private static Map<String, Double> base(String taskName) {
    Task task = Tasks.named(taskName);
    return LeashExperiment.figures(task, task.base(1), task.base(1));
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
  void anEntropyBonusKeepsAndFindsModes() {
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

  /**
   * All of the table, for one seed, but for the cell that nobody can hold. Of the seeds 1 to 20 two
   * would fail, each for a run of java-vector: 7 (kl-0.05) and 16 (entropy-0.02).
   */
  @ParameterizedTest
  @MethodSource("otherVariants")
  void everyVariantGivesTheSameNumbers(String variant) {
    for (String task : LeashExperiment.TASKS) {
      for (Arm arm : Arm.ALL) {
        if (arm.isSampled() && !List.of(task, arm.name()).equals(UNSTABLE)) {
          Map<String, Double> expected =
              EXPECTED.computeIfAbsent(
                  List.of(task, arm.name()), run -> figures(task, arm.name(), SEED, REFERENCE));
          figures(task, arm.name(), SEED, variant)
              .forEach(
                  (figure, value) ->
                      assertThat(value)
                          .as(task + " " + arm.name() + " " + figure)
                          .isCloseTo(expected.get(figure), within(1e-6)));
        }
      }
    }
  }

  /**
   * Why: with one and the same variant too, a change of the base model as small as the rounding of
   * a logit to f32 grows a thousandfold there in half of the training, and elsewhere it does not.
   */
  @Test
  void oneArmIsUnstableWhereverItIsComputed() {
    double change = 1e-7;
    assertThat(distance(UNSTABLE.get(0), "grpo", change)).isLessThan(2 * change);
    assertThat(distance(UNSTABLE.get(0), UNSTABLE.get(1), change)).isGreaterThan(1000 * change);
  }

  /** Between the weights of two policies, one of which starts a little off. */
  private static double distance(String taskName, String armName, double change) {
    Arm arm = Arm.named(armName);
    Task task = Tasks.named(taskName);
    TrainingConfig config = arm.config().with("seed", 1L);
    try (Device device = Device.cpu(1);
        Trainer one = new Trainer(config, arm.preset(), task, device, REFERENCE);
        Trainer other = new Trainer(config, arm.preset(), task, device, REFERENCE)) {
      other.policy().weights()[0] += change;
      for (int step = 0; step < STEPS / 2; step++) {
        one.step();
        other.step();
      }
      double largest = 0;
      for (int i = 0; i < one.policy().weights().length; i++) {
        largest =
            Math.max(largest, Math.abs(one.policy().weights()[i] - other.policy().weights()[i]));
      }
      return largest;
    }
  }

  @Test
  void runsAllAndWritesItsFiles() throws IOException {
    LeashExperiment experiment = new LeashExperiment(2, 3, () -> Device.cpu(1), null);
    int[] done = new int[1];
    List<Outcome> outcomes =
        experiment.execute(
            2,
            () -> {
              synchronized (done) {
                done[0]++;
              }
            });
    assertThat(done[0]).isEqualTo(experiment.runs());
    assertThat(outcomes).hasSize(experiment.runs() + LeashExperiment.TASKS.size());
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

  @Test
  void refusesTooFewSeeds() {
    assertThatThrownBy(() -> new LeashExperiment(1, 1, () -> Device.cpu(1), null))
        .hasMessageContaining("seeds >= 2");
  }
}
