package org.leash.training.algorithm;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.leash.loss.Kl;
import org.leash.loss.PolicyLoss;
import org.leash.loss.Rollout;
import org.leash.loss.Surrogate;
import org.leash.loss.advantage.Aggregation;
import org.leash.loss.advantage.NamedAdvantages;
import org.leash.loss.correction.Rejection;
import org.leash.loss.correction.RolloutCorrection;
import org.leash.loss.correction.RolloutCorrection.Counted;
import org.leash.loss.correction.RolloutCorrection.Weight;
import org.leash.loss.objective.Adjustment;
import org.leash.loss.objective.KlToOld;
import org.leash.loss.objective.Objective;
import org.leash.loss.objective.TokenMeanEntropy;
import org.leash.loss.preset.Preset;
import org.leash.training.setting.Settings;

/** Replaces parts of an algorithm by settings. */
public final class Overrides {
  /** The place of a KL penalty. */
  private enum KlIn {
    LOSS,
    REWARD
  }

  /** The average of the entropy bonus. */
  private enum EntropyMean {
    LOSS,
    SUMMED,
    ALL
  }

  /** What has a weight, and the treatment of weights that are out of bounds. */
  private enum Weighing {
    NONE(Weight.NONE, Rollout.TRUNCATE),
    TOKEN_TRUNCATE(Weight.TOKEN, Rollout.TRUNCATE),
    TOKEN_MASK(Weight.TOKEN, Rollout.MASK),
    SEQUENCE_TRUNCATE(Weight.PRODUCT, Rollout.TRUNCATE),
    SEQUENCE_MASK(Weight.PRODUCT, Rollout.MASK),
    GEOMETRIC_TRUNCATE(Weight.GEOMETRIC_MEAN, Rollout.TRUNCATE),
    GEOMETRIC_MASK(Weight.GEOMETRIC_MEAN, Rollout.MASK);

    private final Weight weight;
    private final Rollout outside;

    Weighing(Weight weight, Rollout outside) {
      this.weight = weight;
      this.outside = outside;
    }
  }

  private Overrides() {}

  /** The values of settings that take names, by setting. */
  public static Map<String, List<String>> names() {
    Map<String, List<String>> names = new LinkedHashMap<>();
    names.put("advantage", preset(NamedAdvantages.forms().stream()));
    names.put("aggregation", preset(names(Aggregation.class)));
    names.put("entropyMean", preset(names(EntropyMean.class)));
    names.put("klEstimator", preset(names(Kl.class).filter(name -> !name.equals("none"))));
    names.put("klIn", preset(names(KlIn.class)));
    names.put("rolloutCorrection", preset(names(Weighing.class)));
    names.put(
        "rolloutRejection", preset(Stream.concat(Stream.of("none"), Rejection.forms().stream())));
    names.put("rolloutCounted", preset(names(Counted.class)));
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
            .withObjective(withEntropyMean(config, preset.objective().withPolicy(clipped)));
    return bounded(kl, withKl(kl, withRollout(correction, changed)));
  }

  private static Objective withEntropyMean(LossConfig config, Objective objective) {
    if (config.entropyMean().isEmpty()) {
      return objective;
    }
    EntropyMean mean =
        constant(EntropyMean.class, "entropyMean", config.entropyMean().orElseThrow());
    Objective plain = Objective.of(objective.policy(), without(objective, TokenMeanEntropy.class));
    return switch (mean) {
      case LOSS -> plain;
      case SUMMED -> plain.with(new TokenMeanEntropy(TokenMeanEntropy.Over.SUMMED));
      case ALL -> plain.with(new TokenMeanEntropy(TokenMeanEntropy.Over.ALL));
    };
  }

  private static Preset bounded(KlConfig config, Preset preset) {
    if (config.klBound().isEmpty()) {
      return preset;
    }
    PolicyLoss loss = preset.objective().policy();
    if (loss.kl() == Kl.NONE) {
      throw new IllegalArgumentException(
          "klBound = %s: preset %s has no KL in the loss; set klCoefficient"
              .formatted(config.klBound().getAsDouble(), preset.name()));
    }
    return preset.withObjective(
        preset.objective().withPolicy(loss.withKlBound(config.klBound().getAsDouble())));
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
    Optional<Weighing> weighing =
        config.rolloutCorrection().map(name -> constant(Weighing.class, "rolloutCorrection", name));
    Optional<List<Rejection>> rejections = config.rolloutRejection().map(Overrides::rejections);
    Optional<Counted> counted =
        config.rolloutCounted().map(name -> constant(Counted.class, "rolloutCounted", name));
    double floor = config.rolloutFloor();
    double cap = config.rolloutCap();
    boolean bounded = floor > 0 || cap < Double.POSITIVE_INFINITY;
    boolean weighs = weighing.filter(each -> each != Weighing.NONE).isPresent();
    boolean rejects = rejections.filter(each -> !each.isEmpty()).isPresent();
    if ((bounded && !weighs) || (weighs && !bounded && !rejects)) {
      throw new IllegalArgumentException(
          "rolloutCorrection = %s, rolloutFloor = %s, rolloutCap = %s: set a correction and at least one bound"
              .formatted(config.rolloutCorrection().orElse(Settings.PRESET), floor, cap));
    }
    if (config.rolloutNormalised() && !weighs) {
      throw new IllegalArgumentException(
          "rolloutNormalised = true: set rolloutCorrection, whose weights it divides by their"
              + " mean");
    }
    if (counted.isPresent() && !rejects) {
      throw new IllegalArgumentException(
          "rolloutCounted = %s: set rolloutRejection, whose tokens it counts or not"
              .formatted(config.rolloutCounted().orElseThrow()));
    }
    Preset changed = preset;
    RolloutCorrection correction = preset.correction();
    if (weighing.isPresent()) {
      PolicyLoss plain =
          preset.objective().policy().withRollout(Rollout.TRUNCATE, 0, Double.POSITIVE_INFINITY);
      Weighing chosen = weighing.get();
      correction =
          new RolloutCorrection(
              chosen.weight,
              chosen.outside,
              floor,
              cap,
              config.rolloutNormalised(),
              correction.rejections(),
              correction.counted());
      boolean inKernel = chosen.weight == Weight.TOKEN && !config.rolloutNormalised() && !rejects;
      if (inKernel) {
        plain = plain.withRollout(chosen.outside, floor, cap);
        correction = RolloutCorrection.NONE;
      }
      changed = preset.withObjective(preset.objective().withPolicy(plain));
    }
    if (rejections.isPresent()) {
      PolicyLoss loss = changed.objective().policy();
      if (rejects && correction.weight() == Weight.NONE) {
        // Weights of tokens leave the kernel, as a correction has all or none.
        correction =
            correction.withWeight(
                weighsTokens(loss) ? Weight.TOKEN : Weight.NONE,
                loss.rollout(),
                loss.rolloutFloor(),
                loss.rolloutCap());
        changed =
            changed.withObjective(
                changed
                    .objective()
                    .withPolicy(loss.withRollout(Rollout.TRUNCATE, 0, Double.POSITIVE_INFINITY)));
      }
      correction =
          correction.with(
              counted.orElse(rejects ? Counted.KEPT : Counted.ALL),
              rejections.get().toArray(Rejection[]::new));
    }
    return changed.withCorrection(correction);
  }

  private static boolean weighsTokens(PolicyLoss loss) {
    return loss.rolloutFloor() > 0 || loss.rolloutCap() < Double.POSITIVE_INFINITY;
  }

  private static List<Rejection> rejections(String names) {
    return names.equals("none")
        ? List.of()
        : Stream.of(names.split(",", -1)).map(String::strip).map(Rejection::named).toList();
  }

  private static Adjustment[] without(Objective objective, Class<? extends Adjustment> kind) {
    return objective.adjustments().stream()
        .filter(adjustment -> !kind.isInstance(adjustment))
        .toArray(Adjustment[]::new);
  }
}
