package org.leash.training.rollout;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.leash.loss.advantage.Advantage;
import org.leash.loss.advantage.Overlong;
import org.leash.loss.preset.Preset;
import org.leash.training.Phase;
import org.leash.training.RandomStream;
import org.leash.training.StepClock;
import org.leash.training.policy.Policy;
import org.leash.training.record.Checkpoint;
import org.leash.training.task.Task;

/**
 * The first half of a step: samples completions of the next prompts, rewards them, and selects the
 * groups to learn from. Not thread-safe.
 */
public final class Collector {
  private final RolloutConfig config;
  private final Task task;
  private final Policy policy;
  private final Reward.Scorer scorer;
  private final StepClock clock;
  private final Reward reward;
  private final Optional<Overlong> overlong;
  private final boolean dynamic;
  private final boolean greedy;
  private final Sampler sampler = new Sampler();
  private final DeviationFilter filter;
  private RandomStream rollouts;
  private RandomStream solutions;
  private RandomStream shuffles;
  private PromptOrder order;
  private long tokens;

  /**
   * A collector before the first step.
   *
   * @param policy that samples; its weights change between steps
   * @param scorer log-probabilities of that policy
   * @param base log-probabilities of the base model
   * @param seed of the run
   * @throws IllegalArgumentException the reward is unknown, or the algorithm cannot use it
   */
  public Collector(
      RolloutConfig config,
      Preset preset,
      Task task,
      Policy policy,
      Reward.Scorer scorer,
      Reward.Scorer base,
      long seed,
      StepClock clock) {
    this.config = config;
    this.task = task;
    this.policy = policy;
    this.scorer = scorer;
    this.clock = clock;
    this.reward = Rewarding.named(config.reward(), base);
    this.overlong =
        config.overlongBuffer() > 0
            ? Optional.of(new Overlong(task.maxLength(), config.overlongBuffer()))
            : preset.overlong(task.maxLength());
    this.dynamic = config.dynamicSampling() || preset.dynamicSampling();
    this.greedy = preset.advantage().needs().contains(Advantage.Need.GREEDY);
    if (greedy && reward.isRelative()) {
      throw new IllegalArgumentException(
          "reward %s compares the completions of a group, and preset %s scores a greedy completion, which has none; change one of them"
              .formatted(reward.name(), preset.name()));
    }
    this.filter = new DeviationFilter(config.deviationFilter());
    this.rollouts = new RandomStream(seed, "rollouts");
    this.solutions = new RandomStream(seed, "solutions");
    this.shuffles = new RandomStream(seed, "order");
    this.order = new PromptOrder(task.prompts(), shuffles);
  }

  /** Tokens sampled so far. */
  public long tokens() {
    return tokens;
  }

  /** Samples groups of completions of the next prompts, with rewards. */
  public Experience sample() {
    clock.enter(Phase.ROLLOUT);
    int[] prompts = order.take(config.prompts());
    Rollouts sampled =
        sampler.sample(policy, task, prompts, config.group(), config.temperature(), rollouts);
    boolean[] foreign = new boolean[sampled.count()];
    for (int i = 0; i < foreign.length; i++) {
      if (i % config.group() >= config.group() - config.offPolicy()) {
        foreign[i] = true;
        sampled.clear(i);
        for (int token : task.solution(sampled.prompt(i), solutions)) {
          sampled.append(i, token, 0);
        }
        sampled.judge(task, i);
      }
    }
    tokens += sampled.totalLength();
    Rollouts likeliest = greedy ? sampler.greedy(policy, task, prompts) : null;
    clock.enter(Phase.REWARD);
    List<double[]> parts = rewards(sampled);
    return new Experience(
        sampled,
        Reward.sum(parts),
        parts,
        greedy ? spread(Reward.sum(rewards(likeliest))) : null,
        foreign);
  }

  /** The parts of the reward; the penalty of long completions is the last. */
  private List<double[]> rewards(Rollouts completions) {
    List<double[]> parts = new ArrayList<>(reward.parts(completions, task, scorer));
    overlong.ifPresent(
        cost ->
            parts.add(
                IntStream.range(0, completions.count())
                    .mapToDouble(i -> cost.reward(completions.length(i)))
                    .toArray()));
    return parts;
  }

  /** Repeats the value of each group for each of its completions. */
  private double[] spread(double[] perGroup) {
    double[] spread = new double[perGroup.length * config.group()];
    for (int i = 0; i < spread.length; i++) {
      spread[i] = perGroup[i / config.group()];
    }
    return spread;
  }

  /** The groups to learn from; with dynamic sampling, of further samples until there are enough. */
  public Experience select(Experience sampled) {
    Experience kept = sampled;
    if (dynamic) {
      kept = teaching(sampled);
      for (int more = 1;
          more < config.samplingLimit() && kept.groups() < config.prompts();
          more++) {
        Experience next = sample();
        kept = kept.and(teaching(next));
      }
      kept = kept.first(config.prompts());
    }
    if (config.deviationFilter() > 0 && kept.groups() > 0) {
      kept = kept.groups(filter.keep(kept.deviations()));
    }
    return kept;
  }

  /**
   * The groups whose rewards differ, length penalties aside (DAPO, arXiv 2503.14476, equation 11,
   * counts right answers).
   */
  private Experience teaching(Experience sampled) {
    return sampled.groups(sampled.mixedWithout(overlong.isPresent() ? 1 : 0));
  }

  /** Adds its state. */
  public void save(Map<String, double[]> controllers, Map<String, long[]> streams) {
    controllers.put("order", order.state());
    controllers.put("deviation_filter", filter.state());
    streams.put("rollouts", pair(rollouts));
    streams.put("solutions", pair(solutions));
    streams.put("order", pair(shuffles));
  }

  private static long[] pair(RandomStream stream) {
    return new long[] {stream.state().key(), stream.state().position()};
  }

  /** Restores the state that {@link #save} added. */
  public void restore(Checkpoint checkpoint) {
    rollouts = stream(checkpoint, "rollouts");
    solutions = stream(checkpoint, "solutions");
    shuffles = stream(checkpoint, "order");
    order = new PromptOrder(task.prompts(), shuffles);
    double[] state = order.state();
    Checkpoint.copy(checkpoint.controllers(), "order", state);
    order.restore(state);
    double[] filtered = filter.state();
    Checkpoint.copy(checkpoint.controllers(), "deviation_filter", filtered);
    filter.restore(filtered);
    tokens = checkpoint.tokens();
  }

  private static RandomStream stream(Checkpoint checkpoint, String name) {
    long[] at = checkpoint.streams().get(name);
    if (at == null) {
      throw new IllegalArgumentException(
          "the checkpoint has no random stream " + name + "; it is of another run");
    }
    return new RandomStream(new RandomStream.State(at[0], at[1]));
  }
}
