package org.leash.training.rollout;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.leash.training.RandomStream;
import org.leash.training.task.Judgement;
import org.leash.training.task.Task;

/** Rewards by name. */
public final class Rewarding {
  private static final List<String> NAMES =
      List.of("binary", "format", "soft", "soft-z", "reference");
  private static final double CONFIDENCE = 2;

  private Rewarding() {}

  /** All names. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * A reward by its name:
   *
   * <ul>
   *   <li>{@code binary}: 1 for a right answer, else 0
   *   <li>{@code format}: −1 without an answer to judge, else 0 or 1 (Med-RLVR, arXiv 2502.19655);
   *       the sum of one for the format, −1 or 0, and one for the answer, 0 or 1
   *   <li>{@code soft}: the probability of YES by a verifier that is sure to a degree (Crossing the
   *       Reward Bridge, arXiv 2503.23829). The verifier is simulated: its margin between the
   *       logits of YES and NO is ±2 and a standard normal that the prompt and the answer
   *       determine, so that, like a model, it always errs in the same places
   *   <li>{@code soft-z}: the same, as z-scores in each group; 0 in a group of equal rewards
   *   <li>{@code reference}: {@link ReferenceProbability}
   * </ul>
   *
   * @param base the base model, whose score without reasoning {@code reference} subtracts
   */
  public static Reward named(String name, Reward.Scorer base) {
    return switch (name) {
      case "binary" -> new OfVerdicts(name, List.of(Rewarding::accuracy));
      case "format" -> new OfVerdicts(name, List.of(Rewarding::format, Rewarding::accuracy));
      case "soft" -> new Soft(name, false);
      case "soft-z" -> new Soft(name, true);
      case "reference" -> new ReferenceProbability(base);
      default ->
          throw new IllegalArgumentException(
              "there is no reward \"%s\"; take one of %s"
                  .formatted(name, String.join(", ", NAMES)));
    };
  }

  private static double format(Judgement verdict) {
    return verdict.wellFormed() ? 0 : -1;
  }

  private static double accuracy(Judgement verdict) {
    return verdict.correct() ? 1 : 0;
  }

  private record OfVerdicts(String name, List<ToDoubleFunction<Judgement>> worths)
      implements Reward {
    @Override
    public List<double[]> parts(Rollouts rollouts, Task task, Scorer scorer) {
      return worths.stream()
          .map(
              worth ->
                  IntStream.range(0, rollouts.count())
                      .mapToDouble(i -> worth.applyAsDouble(rollouts.verdict(i)))
                      .toArray())
          .toList();
    }
  }

  /** P(YES) = softmax over the logits of YES and NO. */
  static double yes(double yesLogit, double noLogit) {
    return 1 / (1 + Math.exp(noLogit - yesLogit));
  }

  /** Z-scores within groups, with the standard deviation of the group itself (ddof 0). */
  static void standardise(double[] rewards, int group) {
    for (int start = 0; start < rewards.length; start += group) {
      double mean = 0;
      for (int i = start; i < start + group; i++) {
        mean += rewards[i] / group;
      }
      double variance = 0;
      for (int i = start; i < start + group; i++) {
        variance += (rewards[i] - mean) * (rewards[i] - mean) / group;
      }
      // Equal rewards can leave a rounding error of the mean behind.
      double deviation = Math.sqrt(variance);
      for (int i = start; i < start + group; i++) {
        rewards[i] = deviation < 1e-12 ? 0 : (rewards[i] - mean) / deviation;
      }
    }
  }

  private record Soft(String name, boolean isRelative) implements Reward {
    @Override
    public List<double[]> parts(Rollouts rollouts, Task task, Scorer scorer) {
      double[] rewards = new double[rollouts.count()];
      for (int i = 0; i < rewards.length; i++) {
        Judgement verdict = rollouts.verdict(i);
        if (verdict.wellFormed()) {
          double bias =
              new RandomStream(rollouts.prompt(i), "verifier " + verdict.answer()).nextGaussian();
          rewards[i] = yes((verdict.correct() ? CONFIDENCE : -CONFIDENCE) + bias, 0);
        }
      }
      if (isRelative) {
        standardise(rewards, rollouts.group());
      }
      return List.of(rewards);
    }
  }
}
