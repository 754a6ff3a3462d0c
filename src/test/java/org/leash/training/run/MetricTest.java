package org.leash.training.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.leash.device.Device;

final class MetricTest {
  private static Map<String, Double> step(TrainingConfig config) {
    try (Device device = Device.cpu(1);
        Trainer trainer = new Trainer(config, device, null)) {
      Map<String, Double> figures = trainer.step();
      figures.putAll(
          new Evaluation(trainer.task(), trainer.base(), 8, 1).of(trainer.policy(), 1).figures());
      figures.put("time/eval_s", 0.0);
      return figures;
    }
  }

  private static TrainingConfig config(String preset) {
    return TrainingConfig.DEFAULT.with("task", "digits:3:3:3").with("preset", preset);
  }

  /** Whatever the algorithm, as other figures would be missing where they are wanted. */
  @Test
  void tableMatchesLoggedMetrics() {
    for (String preset : List.of("grpo", "gspo", "icepop", "ppo", "remax")) {
      Set<String> logged = step(config(preset)).keySet();
      Set<String> named = new TreeSet<>();
      for (String name : logged) {
        List<Metric> rows = Metric.all().stream().filter(m -> m.isLoggedAs(name)).toList();
        assertThat(rows).as(name).hasSize(1);
        named.add(rows.getFirst().name());
      }
      assertThat(named)
          .containsExactlyInAnyOrderElementsOf(Metric.all().stream().map(Metric::name).toList());
    }
  }

  @Test
  void everyRowIsComplete() {
    for (Metric metric : Metric.all()) {
      assertThat(metric.formula()).as(metric.name()).isNotBlank();
      assertThat(metric.unit()).isIn("", "nats", "s", "ms", "tokens", "tokens/s");
      assertThat(metric.name().endsWith("_s") && !metric.name().startsWith("perf/"))
          .as(metric.name())
          .isEqualTo(metric.unit().equals("s"));
    }
    assertThat(Metric.all().stream().map(Metric::trl).filter(name -> !name.isEmpty()))
        .doesNotHaveDuplicates()
        .contains("kl", "entropy", "frac_reward_zero_std", "completions/clipped_ratio");
    assertThat(Metric.all().stream().map(Metric::verl).filter(name -> !name.isEmpty()))
        .doesNotHaveDuplicates()
        .contains("actor/ppo_kl", "actor/pg_clipfrac_lower", "response_length/clip_ratio");
  }

  @Test
  void reportsDeviceTimeOfKernelsThatRan() {
    Map<String, Double> fused = step(config("grpo"));
    assertThat(fused.get("kernel/policy_gradient/device_ms")).isPositive();
    assertThat(fused.get("kernel/token_statistics/device_ms")).isPositive();
    assertThat(fused.get("kernel/logits_gradient/device_ms")).isZero();
    Map<String, Double> inParts = step(config("gspo"));
    assertThat(inParts.get("kernel/policy_gradient/device_ms")).isZero();
    assertThat(inParts.get("kernel/logits_gradient/device_ms")).isPositive();
  }
}
