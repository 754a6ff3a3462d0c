package org.leash.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.leash.loss.Advantage;
import org.leash.loss.Overlong;
import org.leash.loss.Preset;
import org.leash.training.files.Checkpoint;

/**
 * The first half of a step: completions of the next prompts with what they earn, and which groups
 * of them to learn from. Not thread-safe.
 */
final class Collector {
  private final TrainingConfig config;
  private final Task task;
  private final TabularPolicy policy;
  private final PolicyKernels kernels;
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
   * @param policy that writes; others change it between steps
   * @param base the base model
   * @param kernels that rewards may ask for log-probabilities
   * @throws IllegalArgumentException the reward is unknown, or does not go with the algorithm
   */
  Collector(
      TrainingConfig config,
      Preset preset,
      Task task,
      TabularPolicy policy,
      TabularPolicy base,
      PolicyKernels kernels,
      StepClock clock) {
    this.config = config;
    this.task = task;
    this.policy = policy;
    this.kernels = kernels;
    this.clock = clock;
    this.reward =
        Rewarding.named(
            config.reward(),
            (contexts, targets) -> kernels.logprobs(base, contexts, targets, 1, null));
    this.overlong =
        config.overlongBuffer() > 0
            ? Optional.of(new Overlong(task.maxLength(), config.overlongBuffer()))
            : preset.overlong(task.maxLength());
    this.dynamic = config.dynamicSampling() || preset.dynamicSampling();
    this.greedy = preset.advantage().needs().contains(Advantage.Need.GREEDY);
    if (greedy && reward.isRelative()) {
      throw new IllegalArgumentException(
          "reward %s compares the completions of a group, and a greedy one has no group; take another reward or another preset than %s"
              .formatted(reward.name(), preset.name()));
    }
    this.filter = new DeviationFilter(config.deviationFilter());
    this.rollouts = new RandomStream(config.seed(), "rollouts");
    this.solutions = new RandomStream(config.seed(), "solutions");
    this.shuffles = new RandomStream(config.seed(), "order");
    this.order = new PromptOrder(task.prompts(), shuffles);
  }

  /** Tokens sampled. */
  long tokens() {
    return tokens;
  }

  /** Groups for the next prompts, with rewards. */
  Experience sample() {
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

  /** The parts of the reward, and what long completions cost as another. */
  private List<double[]> rewards(Rollouts completions) {
    List<double[]> parts =
        new ArrayList<>(
            reward.parts(
                completions,
                task,
                (contexts, targets) -> kernels.logprobs(policy, contexts, targets, 1, null)));
    overlong.ifPresent(
        cost ->
            parts.add(
                IntStream.range(0, completions.count())
                    .mapToDouble(i -> cost.reward(completions.length(i)))
                    .toArray()));
    return parts;
  }

  /** A value of each group for each of its completions. */
  private double[] spread(double[] perGroup) {
    double[] spread = new double[perGroup.length * config.group()];
    for (int i = 0; i < spread.length; i++) {
      spread[i] = perGroup[i / config.group()];
    }
    return spread;
  }

  /** Those that teach something; with dynamic sampling, of as many more samples as that takes. */
  Experience select(Experience sampled) {
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
   * The groups whose answers earned differently: equally right ones teach nothing but their length
   * (DAPO, arXiv 2503.14476, equation 11, counts right answers).
   */
  private Experience teaching(Experience sampled) {
    return sampled.groups(sampled.mixedWithout(overlong.isPresent() ? 1 : 0));
  }

  /** Adds what it needs to go on. */
  void save(Map<String, double[]> controllers, Map<String, long[]> streams) {
    controllers.put("order", order.state());
    controllers.put("deviation_filter", filter.state());
    streams.put("rollouts", pair(rollouts));
    streams.put("solutions", pair(solutions));
    streams.put("order", pair(shuffles));
  }

  private static long[] pair(RandomStream stream) {
    return new long[] {stream.state().key(), stream.state().position()};
  }

  /** Goes on where {@link #save} was called. */
  void restore(Checkpoint checkpoint) {
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
