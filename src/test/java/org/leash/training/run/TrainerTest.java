package org.leash.training.run;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.leash.device.Device;
import org.leash.files.Json;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Variant;
import org.leash.loss.advantage.Advantages;
import org.leash.loss.advantage.Rewards;
import org.leash.loss.advantage.Sequences;
import org.leash.loss.preset.Preset;
import org.leash.operation.Operation;
import org.leash.training.algorithm.ExactAscent;
import org.leash.training.policy.TabularPolicy;
import org.leash.training.record.Completion;
import org.leash.training.task.ExactAnswers;
import org.leash.training.task.Task;
import org.leash.training.task.Tasks;

final class TrainerTest {
  @TempDir Path folder;

  private static TrainingConfig config(String task) {
    return TrainingConfig.DEFAULT
        .with("task", task)
        .with("steps", 20)
        .with("evalEvery", 5)
        .with("checkpointEvery", 4)
        .with("evalSamples", 8);
  }

  /** With everything that has a state: moments, filter, order, solutions, reference, critic. */
  private static TrainingConfig everything() {
    return config("digits:4:3:3")
        .with("preset", "ppo")
        .with("criticLearningRate", 0.05)
        .with("valueClip", 0.3)
        .with("prompts", 3)
        .with("minibatches", 2)
        .with("epochs", 2)
        .with("optimizer", "adamw")
        .with("learningRate", 0.02)
        .with("warmup", 3)
        .with("reward", "reference")
        .with("deviationFilter", 0.5)
        .with("klCoefficient", 0.05)
        .with("entropyTarget", 1.2)
        .with("referenceReset", 7)
        .with("overlongBuffer", 2)
        .with("offPolicy", 1)
        .with("maxGradientNorm", 0.5)
        .with("temperature", 0.9);
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpo", "ppo"})
  void learnsTheTask(String preset) {
    TrainingConfig config =
        config("sums:6:4:3").with("preset", preset).with("prompts", 6).with("learningRate", 2.0);
    try (Device device = Device.cpu(1);
        Trainer trainer = new Trainer(config, device, null)) {
      double before = accuracy(trainer);
      for (int i = 0; i < 120; i++) {
        trainer.step();
      }
      assertThat(accuracy(trainer)).isGreaterThan(0.9).isGreaterThan(before + 0.3);
    }
  }

  private static double accuracy(Trainer trainer) {
    Task task = trainer.task();
    double sum = 0;
    for (int prompt = 0; prompt < task.prompts(); prompt++) {
      sum += ExactAnswers.of(trainer.policy(), task, prompt).correct() / task.prompts();
    }
    return sum;
  }

  /** With many completions the sampled update is that of the exact gradient of the mean reward. */
  @ParameterizedTest
  @CsvSource({ // Prompts, and what the aggregation divides by besides.
    "dr_grpo, preset, 6",
    "dr_grpo, optimal_token_baseline, 6",
    "remax, preset, 2"
  })
  void updateEstimatesTheExactGradient(String preset, String advantage, double divisor) {
    Task task = Tasks.named("digits:2:3:2");
    TrainingConfig config =
        config(task.name())
            .with("prompts", 2)
            .with("group", 20_000)
            .with("learningRate", 1.0)
            .with("preset", preset)
            .with("advantage", advantage);
    try (Device device = Device.cpu(2);
        Trainer trainer = new Trainer(config, device, null)) {
      TabularPolicy exact = TabularPolicy.of(task.base(1));
      new ExactAscent(exact, task, ExactAscent.Rule.GRADIENT).step(1);
      trainer.step();
      double[] base = trainer.base().weights();
      double squares = 0;
      double error = 0;
      for (int i = 0; i < base.length; i++) {
        double sampled = (trainer.policy().weights()[i] - base[i]) * divisor;
        double expected = exact.weights()[i] - base[i];
        squares += expected * expected;
        error += (sampled - expected) * (sampled - expected);
      }
      assertThat(Math.sqrt(error)).isLessThan(0.05 * Math.sqrt(squares));
    }
  }

  /** The likeliest answer to rare-modes is right, so that no sample does better. */
  @Test
  void remaxUsesTheGreedyCompletionAsBaseline() {
    TrainingConfig config = config("rare-modes").with("preset", "remax");
    try (Device device = Device.cpu(1);
        Trainer trainer = new Trainer(config, device, null)) {
      Map<String, Double> figures = trainer.step();
      assertThat(figures.get("reward/greedy_mean")).isEqualTo(1);
      assertThat(figures.get("advantage/min")).isEqualTo(-1);
      assertThat(figures.get("advantage/max")).isEqualTo(0);
      assertThat(figures.get("advantage/mean"))
          .isCloseTo(figures.get("reward/mean") - 1, within(1e-12));
      assertThatThrownBy(() -> new Trainer(config.with("reward", "soft-z"), device, null).close())
          .hasMessageContaining("soft-z compares the completions of a group");
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void resumesBitForBit(String variant) throws IOException {
    TrainingConfig config = everything();
    Path whole = folder.resolve("whole");
    Path halves = folder.resolve("halves");
    try (Device device = Device.cpu(1)) {
      new TrainingRun(config, whole, false).execute(device, variant, (step, figures) -> {});
      new TrainingRun(config.with("steps", 10), halves, false)
          .execute(device, variant, (step, figures) -> {});
      new TrainingRun(config, halves, true).execute(device, variant, (step, figures) -> {});
    }
    assertThat(figures(halves).keySet()).hasSize(21);
    assertThat(figures(halves).get(10L)).containsKey("eval/pass@1");
    assertThat(figures(halves)).isEqualTo(figures(whole));
    assertThat(Files.readString(halves.resolve("checkpoint-20/model.safetensors"), ISO_8859_1))
        .contains("\"critic\"");
    assertSameFile(whole, halves, "checkpoint-20/model.safetensors");
    assertSameFile(whole, halves, "checkpoint-20/optimizer.safetensors");
    assertSameFile(whole, halves, "checkpoint-20/rng.json");
    assertSameFile(whole, halves, "completions.jsonl");
    assertSameFile(whole, halves, "best");
    assertThat(Files.readAllLines(halves.resolve("completions.jsonl"))).hasSize(20 * 2);
    assertThat(Files.readString(halves.resolve("latest"))).isEqualTo("20\n");
    assertThat(Files.readString(halves.resolve("metrics.jsonl"))).contains("\"event\":\"resume\"");
    List<String> rows = Files.readAllLines(halves.resolve("metrics.csv"));
    assertThat(rows.getFirst()).isEqualTo("run_id,step,ts_utc,wall_s,tokens,split,name,value");
    assertThat(rows.stream().filter(row -> row.contains(",reward/mean,"))).hasSize(20);
    assertThat(Files.readAllLines(halves.resolve("eval_prompts.csv"))).hasSize(1 + 5 * 4);
  }

  private static void assertSameFile(Path one, Path other, String name) throws IOException {
    assertThat(Files.mismatch(one.resolve(name), other.resolve(name))).as(name).isEqualTo(-1);
  }

  /** Figures by step, but for those of time. */
  static Map<Long, Map<String, Object>> figures(Path run) throws IOException {
    Map<Long, Map<String, Object>> figures = new LinkedHashMap<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      Map<String, Object> object = Json.parse(run, 1, line).plainObject();
      if (object.get("data") instanceof Map<?, ?> data) {
        Map<String, Object> timeless = new LinkedHashMap<>();
        data.forEach(
            (name, value) -> {
              String key = (String) name;
              if (!key.matches("(time|perf|kernel)/.*")) {
                timeless.put(key, value);
              }
            });
        assertThat(figures.put((Long) object.get("step"), timeless)).isNull();
      }
    }
    return figures;
  }

  @Test
  void recordsItsEnvironment() throws IOException {
    TrainingConfig config = config("rare-modes").with("steps", 4);
    try (Device device = Device.cpu(1)) {
      new TrainingRun(config, folder, false).execute(device, "java-scalar", (s, f) -> {});
      new TrainingRun(config.with("steps", 8), folder, true).execute(device, null, (s, f) -> {});
    }
    List<String> rows = Files.readAllLines(folder.resolve("env.csv"));
    String run = folder.getFileName() + ",";
    assertThat(rows.getFirst()).isEqualTo("run_id,from_step,key,value,unit");
    assertThat(rows)
        .contains(run + "0,kernel/variant,java-scalar,", run + "4,device.threads,1,")
        .anyMatch(row -> row.startsWith(run + "4,kernel/variant,native-"))
        .anyMatch(row -> row.matches(run + "0,native.lib_sha256,[0-9a-f]{64},"));
    assertThat(Files.readAllLines(folder.resolve("metrics.jsonl")).getFirst())
        .contains("\"event\":\"start\"", "\"kernel/variant\":\"java-scalar\"");
  }

  /** The best is one that pruning would have taken; between evaluations there is no score. */
  @Test
  void keepsTheBestCheckpoint() throws IOException {
    TrainingConfig config =
        config("rare-modes")
            .with("steps", 12)
            .with("checkpointEvery", 1)
            .with("evalEvery", 3)
            .with("bestBy", "exact/answer_entropy");
    try (Device device = Device.cpu(1)) {
      new TrainingRun(config, folder, false).execute(device, null, (s, f) -> {});
    }
    Map<Long, Map<String, Object>> figures = figures(folder);
    long best = -1;
    for (long step = 12; step >= 0; step -= 3) {
      double score = (double) figures.get(step).get("exact/answer_entropy");
      if (best < 0 || score >= (double) figures.get(best).get("exact/answer_entropy")) {
        best = step;
      }
    }
    assertThat(best).isLessThan(10);
    assertThat(Files.readString(folder.resolve("best"))).isEqualTo(best + "\n");
    assertThat(folder.resolve("checkpoint-" + best)).exists();
    assertThat(folder.resolve("checkpoint-10")).doesNotExist();
    Json state = Json.read(folder.resolve("checkpoint-" + best + "/trainer_state.json"));
    assertThat(state.get("score").plain()).isEqualTo(figures.get(best).get("exact/answer_entropy"));
    assertThat(Json.read(folder.resolve("checkpoint-11/trainer_state.json")).plainObject())
        .containsEntry("score", null);
    assertThatThrownBy(() -> config.with("bestBy", "policy/loss"))
        .hasMessageContaining("bestBy = policy/loss");
  }

  @Test
  void unknownScoreLeavesNoFolder() {
    Path refused = folder.resolve("refused");
    TrainingConfig config = config("rare-modes").with("bestBy", "eval/pass@7");
    try (Device device = Device.cpu(1)) {
      assertThatThrownBy(
              () -> new TrainingRun(config, refused, false).execute(device, null, (s, f) -> {}))
          .hasMessageContaining("no eval/pass@7; set bestBy to one of eval/pass@1, ");
    }
    assertThat(refused).doesNotExist();
  }

  @Test
  void truncatesLogsToTheCheckpoint() throws IOException {
    TrainingConfig config = config("rare-modes");
    try (Device device = Device.cpu(1)) {
      new TrainingRun(config, folder.resolve("a"), false).execute(device, null, (s, f) -> {});
      Path crashed = folder.resolve("b");
      List<Integer> seen = new ArrayList<>();
      assertThatThrownBy(
              () ->
                  new TrainingRun(config, crashed, false)
                      .execute(
                          device,
                          null,
                          (step, figures) -> {
                            if (step == 15) {
                              throw new IllegalStateException("crash");
                            }
                          }))
          .hasMessage("crash");
      // As if the last line had been torn by the crash.
      Files.writeString(
          crashed.resolve("metrics.jsonl"),
          "{\"step\":16,\"da",
          java.nio.file.StandardOpenOption.APPEND);
      new TrainingRun(config, crashed, true)
          .execute(device, null, (step, figures) -> seen.add(step));
      assertThat(seen.getFirst()).isEqualTo(12);
      assertThat(figures(crashed)).isEqualTo(figures(folder.resolve("a")));
    }
  }

  /** Of checkpoints that a crash left half written or half deleted; others' folders stay. */
  @Test
  void deletesRemnantsOfACrash() throws IOException {
    TrainingConfig config = config("rare-modes");
    try (Device device = Device.cpu(1)) {
      new TrainingRun(config.with("steps", 8), folder, false).execute(device, null, (s, f) -> {});
      for (String left : List.of("checkpoint-4.old", "checkpoint-12.tmp", "mine.old")) {
        Files.createDirectory(folder.resolve(left));
        Files.writeString(folder.resolve(left).resolve("model.safetensors"), "half");
      }
      new TrainingRun(config, folder, true).execute(device, null, (s, f) -> {});
    }
    assertThat(folder.resolve("mine.old")).exists();
    assertThat(folder.resolve("checkpoint-4.old")).doesNotExist();
    assertThat(folder.resolve("checkpoint-12.tmp")).doesNotExist();
  }

  @Test
  void rejectsFolderOfAnotherRun() throws IOException {
    TrainingConfig config = config("rare-modes").with("steps", 2);
    try (Device device = Device.cpu(1)) {
      new TrainingRun(config, folder, false).execute(device, null, (s, f) -> {});
      assertThatThrownBy(
              () -> new TrainingRun(config, folder, false).execute(device, null, (s, f) -> {}))
          .hasMessageContaining("holds a run; resume it");
      assertThatThrownBy(
              () ->
                  new TrainingRun(config.with("seed", 2L), folder, true)
                      .execute(device, null, (s, f) -> {}))
          .hasMessageContaining("seed = 1, not 2");
      Files.writeString(folder.resolve("latest"), "../../etc");
      assertThatThrownBy(
              () -> new TrainingRun(config, folder, true).execute(device, null, (s, f) -> {}))
          .hasMessageContaining("latest: names no step");
    }
  }

  /** The parts of the reward: a format, an answer, and what length costs. */
  @Test
  void gdpoNormalizesEachRewardSeparately() {
    TrainingConfig config =
        config("digits:4:3:3")
            .with("preset", "gdpo")
            .with("reward", "format")
            .with("overlongBuffer", 3);
    try (Device device = Device.cpu(1);
        Trainer trainer = new Trainer(config, device, null)) {
      double apart = 0;
      for (int i = 0; i < 5; i++) {
        Map<String, Double> figures = trainer.step();
        List<Completion> all = trainer.completions(config.rollout().group());
        double[][] parts = new double[3][config.rollout().group()];
        double[] sums = new double[config.rollout().group()];
        for (int c = 0; c < sums.length; c++) {
          parts[0][c] = all.get(c).answer() == null ? -1 : 0;
          parts[1][c] = all.get(c).correct() ? 1 : 0;
          parts[2][c] = -Math.max(0, all.get(c).tokens().size() - 1) / 3.0;
          sums[c] = parts[0][c] + parts[1][c] + parts[2][c];
          assertThat(all.get(c).reward()).isCloseTo(sums[c], within(1e-12));
        }
        int[] lengths = all.stream().mapToInt(completion -> completion.tokens().size()).toArray();
        Sequences sequences = Sequences.of(lengths, new int[lengths.length]);
        Rewards rewards = Rewards.of(sums).withSeveral(parts);
        double largest = max(Advantages.gdpo(1, 1, 1).of(sequences, rewards));
        assertThat(figures.get("advantage/max")).isCloseTo(largest, within(1e-9));
        apart += Math.abs(largest - max(Advantages.grpoTrl().of(sequences, rewards)));
      }
      assertThat(apart).isGreaterThan(0.1);
    }
    TrainingConfig filtered =
        config.with("prompts", 4).with("dynamicSampling", true).with("deviationFilter", 0.9);
    try (Device device = Device.cpu(1);
        Trainer trainer = new Trainer(filtered, device, null)) {
      for (int i = 0; i < 15; i++) {
        assertThat(trainer.step().get("advantage/mean")).isFinite();
      }
    }
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElseThrow();
  }

  @Test
  void dropsGroupsWithEqualRewards() {
    TrainingConfig config =
        config("digits:6:4:3").with("prompts", 4).with("dynamicSampling", true).with("group", 4);
    try (Device device = Device.cpu(1);
        Trainer trainer = new Trainer(config, device, null)) {
      double dropped = 0;
      for (int i = 0; i < 10; i++) {
        Map<String, Double> figures = trainer.step();
        dropped += figures.get("reward/frac_zero_std");
        assertThat(figures.get("advantage/std")).isGreaterThan(0.5);
      }
      assertThat(dropped).isPositive();
    }
  }

  static List<String> variants() {
    try (Device device = Device.cpu(1)) {
      return Catalogue.of(device).variants().stream()
          .filter(variant -> variant.operation() == Operation.POLICY_GRADIENT)
          .filter(Variant::available)
          .map(Variant::name)
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void everyVariantTrainsTheSame(String variant) {
    TrainingConfig config = everything();
    try (Device device = Device.cpu(1);
        Trainer trainer = new Trainer(config, device, variant);
        Trainer reference = new Trainer(config, device, "java-scalar")) {
      for (int i = 0; i < 40; i++) {
        double loss = trainer.step().get("policy/loss");
        assertThat(loss).isCloseTo(reference.step().get("policy/loss"), within(1e-6));
      }
      double[] expected = reference.policy().weights();
      for (int i = 0; i < expected.length; i++) {
        assertThat(trainer.policy().weights()[i]).isCloseTo(expected[i], within(1e-6));
      }
    }
  }

  static List<String> presets() {
    return Preset.all().stream().map(Preset::name).toList();
  }

  @ParameterizedTest
  @MethodSource("presets")
  void everyPresetTrains(String preset) {
    TrainingConfig config =
        config("digits:4:3:3").with("preset", preset).with("prompts", 4).with("epochs", 2);
    try (Device device = Device.cpu(1);
        Trainer trainer = new Trainer(config, device, null)) {
      for (int i = 0; i < 5; i++) {
        Map<String, Double> figures = trainer.step();
        assertThat(figures.get("policy/loss")).isFinite();
        assertThat(figures.get("policy/grad_norm")).isFinite();
      }
      assertThat(trainer.policy().weights()).isNotEqualTo(trainer.base().weights());
      for (double weight : trainer.policy().weights()) {
        assertThat(weight).isFinite();
      }
    }
  }

  @Test
  void rejectsSettingsOutOfRange() {
    assertThatThrownBy(() -> TrainingConfig.DEFAULT.with("group", 1))
        .hasMessageContaining("group = 1 is out of range")
        .hasMessageContaining(">= 2");
    assertThatThrownBy(() -> TrainingConfig.DEFAULT.with("learningRate", Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TrainingConfig.DEFAULT.with("nonsense", 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
