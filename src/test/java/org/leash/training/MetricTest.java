package org.leash.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.leash.device.Device;
import org.leash.loss.PolicyLoss;

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
  void theTableIsWhatIsLogged() {
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
  void everyRowIsWhole() {
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

  /** By hand: two completions from the sampler, one of two tokens, and one from elsewhere. */
  @Test
  void weightsBesideTheBoundsOfTheLoss() {
    Rollouts rollouts = new Rollouts(new int[] {0}, 3, 2);
    double[][] rollout = {{Math.log(0.2), Math.log(0.5)}, {Math.log(0.1)}, {0}};
    for (int i = 0; i < 3; i++) {
      for (double logprob : rollout[i]) {
        rollouts.append(i, 0, logprob);
      }
    }
    TokenBatch batch = new TokenBatch(rollouts, new boolean[] {false, false, true});
    batch.oldLogprob = new double[] {Math.log(0.5), Math.log(0.2), Math.log(0.1), -9};
    // Weights 2.5, 0.4 and 1, of which the first two are of one completion.
    Map<String, Double> plain = StepMetrics.ofWeights(batch, PolicyLoss.ppoClip(0.2, 0.2));
    close(plain, "is/frac_high", 1.0 / 3);
    close(plain, "is/frac_low", 1.0 / 3);
    close(plain, "is/weight_mean", 1.3);
    close(plain, "is/ess", 3.9 * 3.9 / (3 * 7.41));
    close(plain, "is/chi2_token", 7.41 / 3 - 1);
    close(plain, "is/chi2_seq", 0);
    close(plain, "is/kl", 0);
    close(plain, "is/k3_kl", 0.3);
    close(plain, "is/logprob_diff_max", Math.log(2.5));
    close(plain, "is/logprob_diff_mean", 2 * Math.log(2.5) / 3);
    Map<String, Double> capped =
        StepMetrics.ofWeights(batch, PolicyLoss.ppoClip(0.2, 0.2).withRolloutMask(0.3, 5));
    close(capped, "is/frac_high", 0);
    close(capped, "is/frac_low", 0);
  }

  private static void close(Map<String, Double> figures, String name, double expected) {
    assertThat(figures.get(name)).as(name).isCloseTo(expected, within(1e-12));
  }

  @Test
  void kernelsThatRanTookTime() {
    Map<String, Double> fused = step(config("grpo"));
    assertThat(fused.get("kernel/policy_gradient/device_ms")).isPositive();
    assertThat(fused.get("kernel/token_statistics/device_ms")).isPositive();
    assertThat(fused.get("kernel/logits_gradient/device_ms")).isZero();
    Map<String, Double> inParts = step(config("gspo"));
    assertThat(inParts.get("kernel/policy_gradient/device_ms")).isZero();
    assertThat(inParts.get("kernel/logits_gradient/device_ms")).isPositive();
  }
}
