package org.leash.training.algorithm;

import static org.leash.loss.objective.SequenceRollout.Outside.MASKED;
import static org.leash.loss.objective.SequenceRollout.Outside.REJECTED;
import static org.leash.loss.objective.SequenceRollout.Outside.TRUNCATED;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.leash.loss.Kl;
import org.leash.loss.PolicyLoss;
import org.leash.loss.Rollout;
import org.leash.loss.Surrogate;
import org.leash.loss.advantage.Aggregation;
import org.leash.loss.advantage.NamedAdvantages;
import org.leash.loss.objective.Adjustment;
import org.leash.loss.objective.KlToOld;
import org.leash.loss.objective.Objective;
import org.leash.loss.objective.SequenceRatio;
import org.leash.loss.objective.SequenceRollout;
import org.leash.loss.preset.Preset;
import org.leash.training.setting.Settings;

/** Replaces parts of an algorithm by settings. */
public final class Overrides {
  /** The place of a KL penalty. */
  private enum KlIn {
    LOSS,
    REWARD
  }

  /** The treatment of weights that are out of bounds, per token or per completion. */
  private enum RolloutCorrection {
    NONE,
    TOKEN_TRUNCATE,
    TOKEN_MASK,
    SEQUENCE_TRUNCATE,
    SEQUENCE_MASK,
    SEQUENCE_REJECT
  }

  private Overrides() {}

  /** The values of settings that take names, by setting. */
  public static Map<String, List<String>> names() {
    Map<String, List<String>> names = new LinkedHashMap<>();
    names.put("advantage", preset(NamedAdvantages.forms().stream()));
    names.put("aggregation", preset(names(Aggregation.class)));
    names.put("klEstimator", preset(names(Kl.class).filter(name -> !name.equals("none"))));
    names.put("klIn", preset(names(KlIn.class)));
    names.put("rolloutCorrection", preset(names(RolloutCorrection.class)));
    return names;
  }

  private static List<String> preset(Stream<String> others) {
    return Stream.concat(Stream.of(Settings.PRESET), others).toList();
  }

  private static <E extends Enum<E>> Stream<String> names(Class<E> type) {
    return Arrays.stream(type.getEnumConstants()).map(Overrides::name);
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The constant of a name. */
  private static <E extends Enum<E>> E constant(Class<E> type, String setting, String name) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> names().get(setting).contains(name) && name(constant).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s = %s: take one of %s"
                        .formatted(setting, name, String.join(", ", names().get(setting)))));
  }

  /**
   * The algorithm with parts replaced.
   *
   * @throws IllegalArgumentException a name is not one of {@link #names()}, or settings contradict
   *     each other or the algorithm
   */
  public static Preset of(
      LossConfig config, KlConfig kl, RolloutCorrectionConfig correction, Preset preset) {
    PolicyLoss loss = preset.objective().policy();
    if (config.dualClip().isPresent() && loss.surrogate() != Surrogate.PPO_CLIP) {
      throw new IllegalArgumentException(
          "dualClip = %s applies to clipped losses, and preset %s has %s; leave it nan"
              .formatted(config.dualClip().getAsDouble(), preset.name(), loss.surrogate()));
    }
    PolicyLoss clipped =
        loss.withClip(
                config.clipLow().orElse(loss.clipLow()), config.clipHigh().orElse(loss.clipHigh()))
            .withDualClip(config.dualClip().orElse(loss.dualClip()))
            .withEntropy(config.entropyCoefficient().orElse(loss.entropyCoefficient()));
    Preset changed =
        preset
            .withAdvantage(
                config.advantage().map(NamedAdvantages::named).orElse(preset.advantage()))
            .withAggregation(
                config
                    .aggregation()
                    .map(name -> constant(Aggregation.class, "aggregation", name))
                    .orElse(preset.aggregation()))
            .withObjective(preset.objective().withPolicy(clipped));
    return withKl(kl, withRollout(correction, changed));
  }

  /**
   * A coefficient alone is that of k2 in the loss, besides the algorithm's KL in the reward. With a
   * place, there is no KL in the other place.
   */
  private static Preset withKl(KlConfig config, Preset preset) {
    PolicyLoss loss = preset.objective().policy();
    boolean given = config.klCoefficient().isPresent();
    if (!given && config.klIn().isEmpty() && config.klEstimator().isEmpty()) {
      return preset;
    }
    boolean hasInLoss = preset.objective().needsReference();
    KlIn place =
        config
            .klIn()
            .map(name -> constant(KlIn.class, "klIn", name))
            .orElse(given || hasInLoss ? KlIn.LOSS : KlIn.REWARD);
    Kl usual = place == KlIn.REWARD ? Kl.K1 : given || !hasInLoss ? Kl.K2 : loss.kl();
    Kl estimator =
        config.klEstimator().map(name -> constant(Kl.class, "klEstimator", name)).orElse(usual);
    double coefficient =
        config.klCoefficient().orElse(hasInLoss ? loss.klCoefficient() : preset.rewardPenalty());
    if (!given && coefficient == 0) {
      throw new IllegalArgumentException(
          "preset %s has no KL to the reference; set klCoefficient beside klEstimator and klIn"
              .formatted(preset.name()));
    }
    if (place == KlIn.REWARD) {
      Preset without = hasInLoss ? in(preset, Kl.NONE, 0) : preset;
      return without.withRewardPenalty(estimator, coefficient);
    }
    return in(
        config.klIn().isPresent() ? preset.withRewardPenalty(Kl.K1, 0) : preset,
        coefficient == 0 ? Kl.NONE : estimator,
        coefficient);
  }

  /** The algorithm with this KL to the reference in the loss, and no other. */
  private static Preset in(Preset preset, Kl estimator, double coefficient) {
    Objective objective = preset.objective();
    return preset.withObjective(
        Objective.of(
            objective.policy().withKl(estimator, coefficient), without(objective, KlToOld.class)));
  }

  private static Preset withRollout(RolloutCorrectionConfig config, Preset preset) {
    RolloutCorrection correction =
        config
            .rolloutCorrection()
            .map(name -> constant(RolloutCorrection.class, "rolloutCorrection", name))
            .orElse(null);
    double floor = config.rolloutFloor();
    double cap = config.rolloutCap();
    boolean bounded = floor > 0 || cap < Double.POSITIVE_INFINITY;
    if (bounded != (correction != null && correction != RolloutCorrection.NONE)) {
      throw new IllegalArgumentException(
          "rolloutCorrection = %s, rolloutFloor = %s, rolloutCap = %s: set a correction and at least one bound"
              .formatted(config.rolloutCorrection().orElse(Settings.PRESET), floor, cap));
    }
    if (correction == null) {
      return preset;
    }
    Objective objective = preset.objective();
    PolicyLoss plain =
        objective.policy().withRollout(Rollout.TRUNCATE, 0, Double.POSITIVE_INFINITY);
    Adjustment[] others = without(objective, SequenceRollout.class);
    return preset.withObjective(
        switch (correction) {
          case NONE -> Objective.of(plain, others);
          case TOKEN_TRUNCATE ->
              Objective.of(plain.withRollout(Rollout.TRUNCATE, floor, cap), others);
          case TOKEN_MASK -> Objective.of(plain.withRollout(Rollout.MASK, floor, cap), others);
          case SEQUENCE_TRUNCATE -> Objective.of(plain, others).with(whole(TRUNCATED, floor, cap));
          case SEQUENCE_MASK -> Objective.of(plain, others).with(whole(MASKED, floor, cap));
          case SEQUENCE_REJECT -> Objective.of(plain, others).with(whole(REJECTED, floor, cap));
        });
  }

  private static Adjustment[] without(Objective objective, Class<? extends Adjustment> kind) {
    return objective.adjustments().stream()
        .filter(adjustment -> !kind.isInstance(adjustment))
        .toArray(Adjustment[]::new);
  }

  private static SequenceRollout whole(SequenceRollout.Outside outside, double floor, double cap) {
    return new SequenceRollout(SequenceRatio.Of.PRODUCT, outside, floor, cap);
  }
}
