package org.leash.training;

import static org.leash.loss.SequenceRollout.Outside.MASKED;
import static org.leash.loss.SequenceRollout.Outside.REJECTED;
import static org.leash.loss.SequenceRollout.Outside.TRUNCATED;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.leash.loss.Adjustment;
import org.leash.loss.Aggregation;
import org.leash.loss.Kl;
import org.leash.loss.KlToOld;
import org.leash.loss.NamedAdvantages;
import org.leash.loss.Objective;
import org.leash.loss.PolicyLoss;
import org.leash.loss.Preset;
import org.leash.loss.Rollout;
import org.leash.loss.SequenceRatio;
import org.leash.loss.SequenceRollout;
import org.leash.loss.Surrogate;

/** What a configuration changes of an algorithm. */
public final class Overrides {
  /** The value of a setting that leaves the algorithm's own. */
  static final String PRESET = "preset";

  /** Where a KL penalty goes. */
  private enum KlIn {
    LOSS,
    REWARD
  }

  /** What becomes of weights of the sampler that are out of bounds, by token or by completion. */
  private enum RolloutCorrection {
    NONE,
    TOKEN_TRUNCATE,
    TOKEN_MASK,
    SEQUENCE_TRUNCATE,
    SEQUENCE_MASK,
    SEQUENCE_REJECT
  }

  private Overrides() {}

  /** The names that settings take, by setting. */
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
    return Stream.concat(Stream.of(PRESET), others).toList();
  }

  private static <E extends Enum<E>> Stream<String> names(Class<E> type) {
    return Arrays.stream(type.getEnumConstants()).map(Overrides::name);
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The constant of a name, or another value for {@link #PRESET}. */
  private static <E extends Enum<E>> E constant(
      Class<E> type, String setting, String name, E otherwise) {
    if (name.equals(PRESET)) {
      return otherwise;
    }
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
   * The algorithm with the configuration's settings where it has any.
   *
   * @throws IllegalArgumentException a name is none of {@link #names()}, or settings do not go with
   *     each other or with the algorithm
   */
  static Preset of(TrainingConfig config, Preset preset) {
    Preset changed = preset;
    if (!config.advantage().equals(PRESET)) {
      changed = changed.withAdvantage(NamedAdvantages.named(config.advantage()));
    }
    changed =
        changed.withAggregation(
            constant(Aggregation.class, "aggregation", config.aggregation(), preset.aggregation()));
    PolicyLoss loss = preset.objective().policy();
    if (!Double.isNaN(config.dualClip()) && loss.surrogate() != Surrogate.PPO_CLIP) {
      throw new IllegalArgumentException(
          "dualClip = %s is of clipped losses, and that of preset %s is %s; leave it nan"
              .formatted(config.dualClip(), preset.name(), loss.surrogate()));
    }
    changed =
        changed.withObjective(
            preset
                .objective()
                .withPolicy(
                    loss.withClip(
                            or(config.clipLow(), loss.clipLow()),
                            or(config.clipHigh(), loss.clipHigh()))
                        .withDualClip(or(config.dualClip(), loss.dualClip()))
                        .withEntropy(or(config.entropyCoefficient(), loss.entropyCoefficient()))));
    return withKl(config, withRollout(config, changed));
  }

  private static double or(double value, double otherwise) {
    return Double.isNaN(value) ? otherwise : value;
  }

  /**
   * A coefficient alone is that of k2 in the loss, beside what the algorithm has in the reward;
   * where a place is set, there is none in the other.
   */
  private static Preset withKl(TrainingConfig config, Preset preset) {
    PolicyLoss loss = preset.objective().policy();
    boolean given = !Double.isNaN(config.klCoefficient());
    boolean moves = !config.klIn().equals(PRESET);
    if (!given && !moves && config.klEstimator().equals(PRESET)) {
      return preset;
    }
    boolean hasInLoss = preset.objective().needsReference();
    KlIn place =
        constant(KlIn.class, "klIn", config.klIn(), given || hasInLoss ? KlIn.LOSS : KlIn.REWARD);
    Kl usual = place == KlIn.REWARD ? Kl.K1 : given || !hasInLoss ? Kl.K2 : loss.kl();
    Kl estimator = constant(Kl.class, "klEstimator", config.klEstimator(), usual);
    double coefficient =
        given ? config.klCoefficient() : hasInLoss ? loss.klCoefficient() : preset.rewardPenalty();
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
        moves ? preset.withRewardPenalty(Kl.K1, 0) : preset,
        coefficient == 0 ? Kl.NONE : estimator,
        coefficient);
  }

  /** With this KL to the reference in the loss, in place of any other. */
  private static Preset in(Preset preset, Kl estimator, double coefficient) {
    Objective objective = preset.objective();
    return preset.withObjective(
        Objective.of(
            objective.policy().withKl(estimator, coefficient), without(objective, KlToOld.class)));
  }

  private static Preset withRollout(TrainingConfig config, Preset preset) {
    RolloutCorrection correction =
        constant(RolloutCorrection.class, "rolloutCorrection", config.rolloutCorrection(), null);
    double floor = config.rolloutFloor();
    double cap = config.rolloutCap();
    boolean bounded = floor > 0 || cap < Double.POSITIVE_INFINITY;
    if (bounded != (correction != null && correction != RolloutCorrection.NONE)) {
      throw new IllegalArgumentException(
          "rolloutCorrection = %s, rolloutFloor = %s, rolloutCap = %s: set a correction and at least one bound"
              .formatted(config.rolloutCorrection(), floor, cap));
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
