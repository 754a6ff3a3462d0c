package org.leash.training.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.leash.device.Device;
import org.leash.loss.Kl;
import org.leash.loss.PolicyLoss;
import org.leash.loss.advantage.Aggregation;
import org.leash.loss.advantage.NamedAdvantages;
import org.leash.loss.correction.Rejection;
import org.leash.loss.correction.RolloutCorrection;
import org.leash.loss.correction.RolloutCorrection.Counted;
import org.leash.loss.correction.RolloutCorrection.Weight;
import org.leash.loss.objective.TokenMeanEntropy;
import org.leash.loss.preset.Preset;
import org.leash.training.run.Trainer;
import org.leash.training.run.TrainingConfig;

final class OverridesTest {
  private static final TrainingConfig USUAL = TrainingConfig.DEFAULT;

  private static Preset of(String preset, Object... settings) {
    TrainingConfig config = USUAL;
    for (int i = 0; i < settings.length; i += 2) {
      config = config.with((String) settings[i], settings[i + 1]);
    }
    return of(config, Preset.named(preset));
  }

  private static Preset of(TrainingConfig config, Preset preset) {
    return Overrides.of(config.loss(), config.kl(), config.correction(), preset);
  }

  private static PolicyLoss loss(Preset preset) {
    return preset.objective().policy();
  }

  @Test
  void emptySettingsKeepThePreset() {
    for (Preset preset : Preset.all()) {
      assertThat(of(USUAL, preset)).isEqualTo(preset);
    }
  }

  /** In the loss its estimator and coefficient, in the reward likewise. */
  @ParameterizedTest
  @CsvSource({
    // A coefficient alone is of k2 in the loss, whatever the algorithm has there.
    "grpo, 0.1, preset, preset, K2, 0.1, K1, 0",
    "rloo, 0.1, preset, preset, K2, 0.1, K1, 0.05",
    "grpo, 0, preset, preset, NONE, 0, K1, 0",
    "dapo, 0.1, k3-corrected, preset, K3_CORRECTED, 0.1, K1, 0",
    "dapo, 0.1, k1-straight, loss, K1_STRAIGHT, 0.1, K1, 0",
    // Without one the algorithm's own, here or there.
    "grpo, NaN, k2, preset, K2, 0.04, K1, 0",
    "grpo, NaN, preset, loss, K3, 0.04, K1, 0",
    "grpo, NaN, preset, reward, NONE, 0, K1, 0.04",
    "grpo, NaN, k3, reward, NONE, 0, K3, 0.04",
    "rloo, NaN, k3, preset, NONE, 0, K3, 0.05",
    "rloo, NaN, preset, loss, K2, 0.05, K1, 0",
    "rloo, 0.2, preset, reward, NONE, 0, K1, 0.2",
    "rloo, 0.2, preset, loss, K2, 0.2, K1, 0",
    // One to the old policy is none to the reference.
    "prime_rl, 0.1, k3, preset, K3, 0.1, K1, 0",
    "prime_rl, 0.1, preset, reward, K2, 0.002, K1, 0.1",
  })
  void placesTheKlInLossOrReward(
      String preset,
      double coefficient,
      String estimator,
      String place,
      Kl inLoss,
      double lossCoefficient,
      Kl inReward,
      double rewardCoefficient) {
    Preset changed =
        of(preset, "klCoefficient", coefficient, "klEstimator", estimator, "klIn", place);
    assertThat(loss(changed).kl()).isEqualTo(inLoss);
    assertThat(changed.objective().needsReference())
        .isEqualTo(inLoss != Kl.NONE && lossCoefficient != 0.002);
    assertThat(loss(changed).klCoefficient()).isEqualTo(lossCoefficient);
    assertThat(changed.rewardKl()).isEqualTo(inReward);
    assertThat(changed.rewardPenalty()).isEqualTo(rewardCoefficient);
  }

  @Test
  void rejectsKlSettingsWithoutCoefficient() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of("prime_rl", "klEstimator", "k3"))
        .withMessageContaining("preset prime_rl has no KL to the reference");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of("dapo", "klIn", "reward"))
        .withMessageContaining("preset dapo has no KL to the reference; set klCoefficient");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> of("dapo", "klIn", "reward", "klEstimator", "k3-corrected", "klCoefficient", 1.0))
        .withMessageContaining("KL in the reward by K3_CORRECTED")
        .withMessageContaining("use K1, K2 or K3");
  }

  @Test
  void overridesClips() {
    assertThat(loss(of("grpo", "dualClip", 3.0)).dualClip()).isEqualTo(3);
    assertThat(loss(of("intellect2", "dualClip", Double.POSITIVE_INFINITY)).dualClip())
        .isEqualTo(Double.POSITIVE_INFINITY);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of("grpo", "dualClip", 0.5))
        .withMessageContaining("dualClip = 0.5 is out of range");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of("cispo", "dualClip", 3.0))
        .withMessageContaining("preset cispo has CISPO");
    // A window of weights in place of TRL's cap.
    assertThat(loss(of("cispo", "clipLow", 0.2, "clipHigh", 0.28)))
        .isEqualTo(PolicyLoss.cispo(0.2, 0.28));
    assertThat(loss(of("cispo", "clipHigh", 7.0))).isEqualTo(PolicyLoss.cispoCapped(8));
  }

  @Test
  void overridesKlBoundAndEntropyMean() {
    assertThat(loss(of("grpo", "klBound", 10.0)))
        .isEqualTo(loss(Preset.named("grpo")).withKlBound(10));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of("dapo", "klBound", 10.0))
        .withMessageContaining("klBound = 10.0: preset dapo has no KL in the loss");
    assertThat(of("dapo", "entropyMean", "summed").objective().adjustments())
        .containsExactly(new TokenMeanEntropy(TokenMeanEntropy.Over.SUMMED));
    assertThat(of("dapo", "entropyMean", "loss").objective().adjustments()).isEmpty();
  }

  @Test
  void overridesRejections() {
    RolloutCorrection correction =
        of("dapo", "rolloutRejection", "seq_mean_k1:0.5:2, veto:1e-4").correction();
    assertThat(correction)
        .isEqualTo(
            RolloutCorrection.rejecting(
                Counted.KEPT, Rejection.named("seq_mean_k1:0.5:2"), Rejection.veto(1e-4)));
    assertThat(
            of(
                    "tis",
                    "rolloutCorrection",
                    "token-truncate",
                    "rolloutCap",
                    2.0,
                    "rolloutRejection",
                    "token_k3:0.1",
                    "rolloutCounted",
                    "all")
                .correction())
        .isEqualTo(
            RolloutCorrection.truncated(Weight.TOKEN, 0, 2)
                .with(Counted.ALL, Rejection.named("token_k3:0.1")));
    Preset tis = of("tis", "rolloutRejection", "veto:1e-4");
    assertThat(tis.correction())
        .as("the preset's weights stay")
        .isEqualTo(
            RolloutCorrection.truncated(Weight.TOKEN, 0, 2)
                .with(Counted.KEPT, Rejection.veto(1e-4)));
    assertThat(loss(tis)).isEqualTo(loss(Preset.named("dapo")));
    assertThat(
            of(
                    "sequence_mis",
                    "rolloutCorrection",
                    "sequence-truncate",
                    "rolloutCap",
                    2.0,
                    "rolloutNormalised",
                    true)
                .correction())
        .isEqualTo(RolloutCorrection.truncated(Weight.PRODUCT, 0, 2).normalised());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of("dapo", "rolloutNormalised", true))
        .withMessageContaining("rolloutNormalised = true: set rolloutCorrection");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of("dapo", "rolloutCounted", "all"))
        .withMessageContaining("set rolloutRejection");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of("dapo", "rolloutRejection", "token_k7:1"))
        .withMessageContaining("no rejection \"token_k7:1\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of("gmpo", "clipLow", 0.2))
        .withMessageContaining("clips by itself");
  }

  @Test
  void overridesRolloutCorrection() {
    PolicyLoss clip = loss(Preset.named("dapo"));
    assertThat(loss(of("dapo", "rolloutCorrection", "token-truncate", "rolloutCap", 2.0)))
        .isEqualTo(clip.withRolloutCap(2));
    assertThat(
            loss(
                of(
                    "dapo",
                    "rolloutCorrection",
                    "token-mask",
                    "rolloutFloor",
                    0.5,
                    "rolloutCap",
                    5.0)))
        .isEqualTo(clip.withRolloutMask(0.5, 5));
    assertThat(loss(of("tis", "rolloutCorrection", "none"))).isEqualTo(clip);
    assertThat(of("sequence_mis", "rolloutCorrection", "none").correction())
        .isEqualTo(RolloutCorrection.NONE);
    Map<String, RolloutCorrection> whole =
        Map.of(
            "sequence-truncate", RolloutCorrection.truncated(Weight.PRODUCT, 0, 2),
            "sequence-mask", RolloutCorrection.masked(Weight.PRODUCT, 0, 2),
            "geometric-truncate", RolloutCorrection.truncated(Weight.GEOMETRIC_MEAN, 0, 2),
            "geometric-mask", RolloutCorrection.masked(Weight.GEOMETRIC_MEAN, 0, 2));
    whole.forEach(
        (name, correction) ->
            assertThat(
                    of("sequence_mis", "rolloutCorrection", name, "rolloutCap", 2.0).correction())
                .isEqualTo(correction));
    for (Object[] odd :
        List.of(
            new Object[] {"rolloutCap", 2.0},
            new Object[] {"rolloutCorrection", "token-mask"},
            new Object[] {"rolloutCorrection", "none", "rolloutCap", 2.0})) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> of("dapo", odd))
          .withMessageContaining("set a correction and at least one bound");
    }
  }

  @Test
  void acceptsEveryListedNameAndListsThemOtherwise() {
    for (Aggregation aggregation : Aggregation.values()) {
      String name = aggregation.name().toLowerCase(Locale.ROOT).replace('_', '-');
      assertThat(of("grpo", "aggregation", name).aggregation()).isEqualTo(aggregation);
    }
    Overrides.names()
        .forEach(
            (setting, names) -> {
              assertThat(names).startsWith("preset");
              assertThatIllegalArgumentException()
                  .isThrownBy(() -> of("grpo", setting, "magic"))
                  .withMessageContaining("magic")
                  .withMessageContaining(names.getLast());
            });
    for (String wrong : List.of("gae", "gae:1", "gae:1:x", "grpo:1", "pass_at_k:-1")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> of("grpo", "advantage", wrong))
          .withMessageContaining("no advantage \"" + wrong + "\";")
          .withMessageContaining("gae:GAMMA:LAMBDA");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of("grpo", "advantage", "gae:2:1"))
        .withMessageContaining("gamma = 2.0");
  }

  static List<String> advantages() {
    return NamedAdvantages.forms().stream().map(form -> form.replaceAll(":[A-Z]+", ":1")).toList();
  }

  @ParameterizedTest
  @MethodSource("advantages")
  void trainsWithAnyAdvantage(String advantage) {
    TrainingConfig config =
        USUAL
            .with("task", "digits:4:3:3")
            .with("prompts", 4)
            .with("advantage", advantage)
            .with("klIn", "reward")
            .with("aggregation", "seq-mean-token-sum");
    try (Device device = Device.cpu(1);
        Trainer trainer = new Trainer(config, device, null)) {
      for (int i = 0; i < 3; i++) {
        assertThat(trainer.step().get("policy/loss")).isFinite();
      }
      assertThat(trainer.policy().weights()).isNotEqualTo(trainer.base().weights());
    }
  }

  /** Before there is a run that ends in its first step. */
  @Test
  void rejectsAdvantageThatNeedsLargerGroups() {
    TrainingConfig config = USUAL.with("advantage", "pass_at_k:5").with("group", 4);
    try (Device device = Device.cpu(1)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Trainer(config, device, null).close())
          .withMessageContaining("k = 5 is outside [1, 4]");
    }
  }
}
