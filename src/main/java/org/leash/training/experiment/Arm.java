package org.leash.training.experiment;

import java.util.List;
import org.leash.loss.PolicyLoss;
import org.leash.loss.objective.KlCov;
import org.leash.loss.objective.Objective;
import org.leash.loss.preset.Preset;
import org.leash.training.algorithm.ExactAscent;
import org.leash.training.run.TrainingConfig;

/**
 * A way of training: GRPO without a KL term, except for the difference in its name.
 *
 * @param name short, for tables
 * @param description in a few words
 * @param preset the algorithm; null for exact arms
 * @param config except task, seed, steps and learning rate; null for exact arms
 * @param exact the rule of an arm without sampling; null for the others
 */
public record Arm(
    String name, String description, Preset preset, TrainingConfig config, ExactAscent.Rule exact) {
  private static final TrainingConfig BASE =
      TrainingConfig.builder()
          .set("klCoefficient", 0.0)
          .set("prompts", 1)
          .set("group", 16)
          .set("epochs", 8)
          .build();

  private static final Preset GRPO = Preset.named("grpo");

  /** The exact dynamics, plain training, and remedies. */
  public static final List<Arm> ALL =
      List.of(
          exact("exact-gradient", "policy gradient, exact", ExactAscent.Rule.GRADIENT),
          exact("exact-natural", "natural gradient, exact", ExactAscent.Rule.NATURAL),
          exact("exact-tilt", "mirror descent, exact", ExactAscent.Rule.MIRROR),
          of("policy-gradient", "centred advantages", Preset.named("dr_grpo"), BASE),
          of("grpo", "standardised advantages", GRPO, BASE),
          grpo("entropy-0.02", "entropy bonus 0.02", "entropyCoefficient", 0.02),
          grpo("entropy-0.1", "entropy bonus 0.1", "entropyCoefficient", 0.1),
          grpo("clip-higher", "upper clip 0.28", "clipHigh", 0.28),
          of("pass@4", "pass@4 advantages", Preset.named("pass_at_k"), BASE),
          of("nsr", "wrong completions only", Preset.named("nsr"), BASE),
          of("w-reinforce", "right ones weigh 0.1", Preset.named("w_reinforce"), BASE),
          of("clip-cov", "2e-4 of tokens, at least 1", Preset.named("clip_cov"), BASE),
          of("kl-cov", "2e-4 of tokens, at least 1", Preset.named("kl_cov"), BASE),
          of(
              "kl-cov-0.2",
              "a fifth of tokens",
              GRPO.withObjective(Objective.of(PolicyLoss.importanceWeighted(), new KlCov(0.2, 1))),
              BASE),
          grpo("kl-0.05", "KL to the base 0.05", "klCoefficient", 0.05),
          grpo("kl-0.3", "KL to the base 0.3", "klCoefficient", 0.3),
          grpo("seeded-1", "1 of 16 completions seeded", "offPolicy", 1),
          grpo("seeded-4", "4 of 16 completions seeded", "offPolicy", 4));

  private static Arm exact(String name, String description, ExactAscent.Rule rule) {
    return new Arm(name, description, null, null, rule);
  }

  private static Arm grpo(String name, String description, String setting, Object value) {
    return of(name, description, GRPO, BASE.with(setting, value));
  }

  private static Arm of(String name, String description, Preset preset, TrainingConfig config) {
    return new Arm(name, description, preset, config, null);
  }

  /** The arm of a name. */
  public static Arm named(String name) {
    return ALL.stream().filter(arm -> arm.name.equals(name)).findFirst().orElseThrow();
  }

  /** Whether it samples, so that seeds differ. */
  public boolean isSampled() {
    return exact == null;
  }
}
