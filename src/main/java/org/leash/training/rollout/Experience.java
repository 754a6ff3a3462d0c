package org.leash.training.rollout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.leash.training.record.Completion;
import org.leash.training.task.Judgement;

/** Completions of a step, in groups, with their rewards. Arrays are not copied. */
public final class Experience {
  private final Rollouts rollouts;
  private final double[] rewards;
  private final List<double[]> parts;
  private final double[] greedy;
  private final boolean[] foreign;

  /**
   * As given.
   *
   * @param rewards one for each completion
   * @param parts the summands of the rewards, one array each
   * @param greedy for each completion, the reward of the greedy completion of its prompt; or null
   * @param foreign whether a completion came from elsewhere instead of the policy
   */
  Experience(
      Rollouts rollouts,
      double[] rewards,
      List<double[]> parts,
      double[] greedy,
      boolean[] foreign) {
    this.rollouts = rollouts;
    this.rewards = rewards;
    this.parts = parts;
    this.greedy = greedy;
    this.foreign = foreign;
  }

  /** The completions, in groups. */
  public Rollouts rollouts() {
    return rollouts;
  }

  /** One reward per completion. */
  public double[] rewards() {
    return rewards;
  }

  /** The summands of the rewards, one array each. */
  public List<double[]> parts() {
    return parts;
  }

  /** The reward of the greedy completion of each prompt, by completion; or null. */
  public double[] greedy() {
    return greedy;
  }

  /** Whether each completion is from another source than the policy. */
  public boolean[] foreign() {
    return foreign;
  }

  /** The number of groups. */
  public int groups() {
    return rollouts.count() / rollouts.group();
  }

  /** At most count completions, evenly spaced. */
  public List<Completion> spread(int count) {
    List<Completion> chosen = new ArrayList<>();
    int few = Math.min(count, rewards.length);
    for (int j = 0; j < few; j++) {
      int i = (int) ((long) j * rewards.length / few);
      Judgement verdict = rollouts.verdict(i);
      chosen.add(
          new Completion(
              rollouts.prompt(i),
              Arrays.stream(rollouts.tokens(i), 0, rollouts.length(i)).boxed().toList(),
              verdict.answer(),
              verdict.correct(),
              verdict.correctChain(),
              rewards[i],
              foreign[i]));
    }
    return chosen;
  }

  /** Standard deviation of each group's rewards, with ddof 1. */
  double[] deviations() {
    int group = rollouts.group();
    double[] deviations = new double[groups()];
    for (int g = 0; g < deviations.length; g++) {
      double mean = 0;
      for (int i = g * group; i < (g + 1) * group; i++) {
        mean += rewards[i] / group;
      }
      double squares = 0;
      for (int i = g * group; i < (g + 1) * group; i++) {
        squares += (rewards[i] - mean) * (rewards[i] - mean);
      }
      deviations[g] = Math.sqrt(squares / (group - 1));
    }
    return deviations;
  }

  /** Which groups have rewards that differ. */
  public boolean[] mixed() {
    return mixed(rewards);
  }

  /** Which groups have rewards that differ without the last parts. */
  boolean[] mixedWithout(int last) {
    return mixed(Reward.sum(parts.subList(0, parts.size() - last)));
  }

  private boolean[] mixed(double[] values) {
    int group = rollouts.group();
    boolean[] mixed = new boolean[groups()];
    for (int i = 0; i < values.length; i++) {
      mixed[i / group] |= values[i] != values[i - i % group];
    }
    return mixed;
  }

  Experience groups(boolean[] kept) {
    int group = rollouts.group();
    int[] chosen = IntStream.range(0, rewards.length).filter(i -> kept[i / group]).toArray();
    boolean[] foreignChosen = new boolean[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      foreignChosen[i] = foreign[chosen[i]];
    }
    return new Experience(
        rollouts.groups(kept),
        of(rewards, chosen),
        parts.stream().map(part -> of(part, chosen)).toList(),
        of(greedy, chosen),
        foreignChosen);
  }

  private static double[] of(double[] values, int[] chosen) {
    return values == null ? null : IntStream.of(chosen).mapToDouble(i -> values[i]).toArray();
  }

  /** The first groups, at most count. */
  Experience first(int count) {
    boolean[] kept = new boolean[groups()];
    Arrays.fill(kept, 0, Math.min(count, kept.length), true);
    return groups(kept);
  }

  Experience and(Experience others) {
    boolean[] from = Arrays.copyOf(foreign, foreign.length + others.foreign.length);
    System.arraycopy(others.foreign, 0, from, foreign.length, others.foreign.length);
    return new Experience(
        rollouts.and(others.rollouts),
        concatenated(rewards, others.rewards),
        IntStream.range(0, parts.size())
            .mapToObj(j -> concatenated(parts.get(j), others.parts.get(j)))
            .toList(),
        concatenated(greedy, others.greedy),
        from);
  }

  private static double[] concatenated(double[] first, double[] second) {
    return first == null
        ? null
        : DoubleStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
  }
}
