package org.leash.training;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.leash.device.Device;
import org.leash.loss.AdaptiveEntropy;
import org.leash.loss.GroupAdvantage;
import org.leash.loss.Objective;
import org.leash.loss.Overlong;
import org.leash.loss.Preset;
import org.leash.loss.Rewards;
import org.leash.reference.PolicyLoss;
import org.leash.training.files.Checkpoint;
import org.leash.training.files.Completion;

/**
 * Samples, rewards and updates, a step at a time. The same configuration gives the same weights and
 * figures, bit for bit, on devices that compute the same, and after {@link #restore} as without.
 * Not thread-safe.
 */
public final class Trainer implements AutoCloseable {
  /** Of completions from elsewhere: LUFFY's shaping with its γ. */
  private static final Objective FOREIGN = Objective.of(PolicyLoss.shaped(0.1));

  /** Presets whose advantages need more than the rewards of completions. */
  private static final Set<String> BEYOND = Set.of("ppo", "remax");

  private static final double ENTROPY_STEP = 0.005;

  private final TrainingConfig config;
  private final Task task;
  private final Preset preset;
  private final Objective objective;
  private final Optional<Overlong> overlong;
  private final TabularPolicy base;
  private final TabularPolicy policy;
  private final TabularPolicy reference;
  private final Optimizer optimizer;
  private final Reward reward;
  private final DeviationFilter filter;
  private final PolicyKernels kernels;
  private final Sampler sampler = new Sampler();
  private final StepClock clock = new StepClock();
  private final double[] gradient;
  private RandomStream rollouts;
  private RandomStream solutions;
  private RandomStream shuffles;
  private PromptOrder order;
  private AdaptiveEntropy entropyControl;
  private Experience last;
  private int step;
  private long tokens;

  /** The algorithms that can be trained with, by name. */
  public static List<String> presets() {
    return Preset.all().stream().map(Preset::name).filter(name -> !BEYOND.contains(name)).toList();
  }

  /**
   * A trainer before its first step.
   *
   * @param device where the updates are computed; it stays open as long as the trainer
   * @param variant of the kernels, or null for the best
   */
  public Trainer(TrainingConfig config, Device device, String variant) {
    this(config, Preset.named(config.preset()), Tasks.named(config.task()), device, variant);
  }

  /**
   * The same with an algorithm and a task that need not have names.
   *
   * @throws IllegalArgumentException the algorithm needs a critic or greedy completions, which
   *     there are none of
   */
  public Trainer(TrainingConfig config, Preset preset, Task task, Device device, String variant) {
    if (BEYOND.contains(preset.name())) {
      throw new IllegalArgumentException(
          "preset %s needs a critic or greedy completions, which this trainer has not; take one of %s"
              .formatted(preset.name(), String.join(", ", presets())));
    }
    this.config = config;
    this.task = task;
    this.preset = preset;
    this.objective = preset.objective().withPolicy(adjusted(preset.objective().policy(), config));
    this.overlong =
        config.overlongBuffer() > 0
            ? Optional.of(new Overlong(task.maxLength(), config.overlongBuffer()))
            : preset.overlong(task.maxLength());
    this.entropyControl = new AdaptiveEntropy(0, config.entropyTarget(), ENTROPY_STEP, 1);
    this.base = task.base(config.seed());
    this.policy = base.copy();
    this.reference = base.copy();
    this.gradient = new double[policy.weights().length];
    this.optimizer = Optimizer.named(config.optimizer(), gradient.length);
    this.filter = new DeviationFilter(config.deviationFilter());
    this.rollouts = new RandomStream(config.seed(), "rollouts");
    this.solutions = new RandomStream(config.seed(), "solutions");
    this.shuffles = new RandomStream(config.seed(), "order");
    this.order = new PromptOrder(task.prompts(), shuffles);
    int rows = config.prompts() * config.group() * task.maxLength();
    this.kernels = new PolicyKernels(device, variant, task.vocab(), rows);
    this.reward =
        Rewarding.named(
            config.reward(),
            (contexts, targets) -> kernels.logprobs(base, contexts, targets, 1, null));
  }

  private static PolicyLoss adjusted(PolicyLoss loss, TrainingConfig config) {
    PolicyLoss adjusted =
        new PolicyLoss(
            loss.kind(),
            loss.kl(),
            loss.rollout(),
            or(config.clipLow(), loss.clipLow()),
            or(config.clipHigh(), loss.clipHigh()),
            loss.dualClip(),
            loss.shapePositive(),
            loss.shapeNegative(),
            loss.rolloutFloor(),
            loss.rolloutCap(),
            loss.klCoefficient(),
            or(config.entropyCoefficient(), loss.entropyCoefficient()));
    if (Double.isNaN(config.klCoefficient())) {
      return adjusted;
    }
    return config.klCoefficient() == 0
        ? adjusted.withKl(PolicyLoss.Kl.NONE, 0)
        : adjusted.withKl(PolicyLoss.Kl.K2, config.klCoefficient());
  }

  private static double or(double value, double otherwise) {
    return Double.isNaN(value) ? otherwise : value;
  }

  /** The policy that is trained; not a copy. */
  public TabularPolicy policy() {
    return policy;
  }

  /** The base model. */
  public TabularPolicy base() {
    return base;
  }

  public Task task() {
    return task;
  }

  /** Steps done. */
  public int steps() {
    return step;
  }

  /** Tokens sampled. */
  public long tokens() {
    return tokens;
  }

  /** The variant of the kernels. */
  public String variant() {
    return kernels.variant();
  }

  /** Samples, rewards and updates once; the figures of the step by name. */
  public Map<String, Double> step() {
    clock.reset();
    kernels.resetTimes();
    clock.enter(Phase.ROLLOUT);
    Experience sampled = sample();
    last = sampled;
    Map<String, Double> figures = StepMetrics.ofRewards(sampled, task);
    Experience kept = sampled;
    if (config.dynamicSampling() || preset.dynamicSampling()) {
      kept = sampled.groups(sampled.mixed());
      for (int more = 1;
          more < config.samplingLimit() && kept.groups() < config.prompts();
          more++) {
        Experience next = sample();
        kept = kept.and(next.groups(next.mixed()));
      }
      kept = kept.first(config.prompts());
    }
    if (config.deviationFilter() > 0 && kept.groups() > 0) {
      kept = kept.groups(filter.keep(kept.deviations()));
    }
    UpdateFigures updates = new UpdateFigures();
    double learningRate =
        config.learningRate() * Math.min(1.0, (step + 1.0) / Math.max(1, config.warmup()));
    TokenBatch batch = learn(kept, learningRate, updates);
    step++;
    if (config.referenceReset() > 0 && step % config.referenceReset() == 0) {
      System.arraycopy(policy.weights(), 0, reference.weights(), 0, gradient.length);
    }
    clock.leave();
    StepMetrics.spread(figures, "advantage", batch.advantage, true);
    figures.putAll(StepMetrics.ofUpdates(updates, learningRate));
    figures.putAll(StepMetrics.ofWeights(batch, objective.policy()));
    addTimes(figures, batch.rows());
    return figures;
  }

  private Experience sample() {
    clock.enter(Phase.ROLLOUT);
    Rollouts sampled =
        sampler.sample(
            policy,
            task,
            order.take(config.prompts()),
            config.group(),
            config.temperature(),
            rollouts);
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
    clock.enter(Phase.REWARD);
    double[] rewards =
        reward.of(
            sampled,
            task,
            (contexts, targets) -> kernels.logprobs(policy, contexts, targets, 1, null));
    if (overlong.isPresent()) {
      for (int i = 0; i < rewards.length; i++) {
        rewards[i] += overlong.get().reward(sampled.length(i));
      }
    }
    return new Experience(sampled, rewards, foreign);
  }

  private TokenBatch learn(Experience kept, double learningRate, UpdateFigures updates) {
    TokenBatch batch = new TokenBatch(kept.rollouts(), kept.foreign());
    clock.enter(Phase.LOGPROB);
    double[] entropies = new double[batch.rows()];
    batch.oldLogprob =
        kernels.logprobs(policy, batch.contexts, batch.targets, config.temperature(), entropies);
    if (objective.policy().kl() != PolicyLoss.Kl.NONE || preset.rewardPenalty() > 0) {
      batch.referenceLogprob =
          kernels.logprobs(reference, batch.contexts, batch.targets, config.temperature(), null);
    }
    clock.enter(Phase.REWARD);
    batch.advantage = preset.advantage().of(batch.sequences(), rewards(kept, batch));
    Objective current = controlled(entropies);
    int groups = kept.groups();
    int minibatches = Math.min(config.minibatches(), groups);
    for (int epoch = 0; epoch < config.epochs(); epoch++) {
      for (int m = 0; m < minibatches; m++) {
        clock.enter(Phase.REWARD);
        TokenBatch part =
            batch.groups(
                kept.rollouts(),
                kept.foreign(),
                m * groups / minibatches,
                (m + 1) * groups / minibatches);
        part.weight = preset.aggregation().weights(part.sequences(), task.maxLength());
        long seed =
            new RandomStream(config.seed(), "update %d %d %d".formatted(step, epoch, m)).nextLong();
        update(part, current, seed, learningRate, updates);
      }
    }
    return batch;
  }

  /** With the algorithm's KL penalty: of tokens where its advantages are, else of completions. */
  private Rewards rewards(Experience kept, TokenBatch batch) {
    Rewards rewards = Rewards.of(kept.rewards());
    if (preset.rewardPenalty() == 0) {
      return rewards;
    }
    return preset.advantage() instanceof GroupAdvantage
        ? rewards.withSequencePenalty(
            batch.sequences(), preset.rewardPenalty(), batch.oldLogprob, batch.referenceLogprob)
        : rewards.withTokenPenalty(
            batch.sequences(), preset.rewardPenalty(), batch.oldLogprob, batch.referenceLogprob);
  }

  /** The objective with the entropy bonus of this step. */
  private Objective controlled(double[] entropies) {
    if (Double.isNaN(config.entropyTarget()) || entropies.length == 0) {
      return objective;
    }
    double entropy = Arrays.stream(entropies).average().orElseThrow();
    double coefficient = entropyControl.applied(entropy);
    entropyControl = entropyControl.after(entropy);
    return objective.withPolicy(objective.policy().withEntropy(coefficient));
  }

  private void update(
      TokenBatch part, Objective current, long seed, double learningRate, UpdateFigures updates) {
    clock.enter(Phase.OPTIMIZER);
    Arrays.fill(gradient, 0);
    double temperature = config.temperature();
    double sum = 0;
    if (config.offPolicy() == 0) {
      sum =
          kernels.update(policy, part, current, null, temperature, seed, gradient, updates, clock);
    } else {
      boolean[] own = new boolean[part.rows()];
      for (int row = 0; row < own.length; row++) {
        own[row] = !part.offPolicy[row];
      }
      sum = kernels.update(policy, part, current, own, temperature, seed, gradient, updates, clock);
      sum +=
          kernels.update(
              policy, part, FOREIGN, part.offPolicy, temperature, seed, gradient, updates, clock);
    }
    clock.enter(Phase.OPTIMIZER);
    double squares = 0;
    for (double g : gradient) {
      squares += g * g;
    }
    double norm = Math.sqrt(squares);
    if (norm > config.maxGradientNorm()) {
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] *= config.maxGradientNorm() / norm;
      }
    }
    optimizer.step(policy.weights(), gradient, learningRate);
    updates.update(sum, norm);
  }

  private void addTimes(Map<String, Double> figures, int rows) {
    for (Phase phase : Phase.values()) {
      if (phase != Phase.EVAL) {
        figures.put("time/" + phase.id() + "_s", clock.seconds(phase));
      }
    }
    double update =
        clock.seconds(Phase.LOGITS)
            + clock.seconds(Phase.KERNEL)
            + clock.seconds(Phase.BACKWARD)
            + clock.seconds(Phase.OPTIMIZER);
    figures.put("time/update_s", update);
    figures.put("time/step_s", clock.total());
    figures.put("perf/tokens_per_s", rows / clock.total());
    kernels
        .nanos()
        .forEach(
            (operation, nanos) -> figures.put("kernel/" + operation + "/device_ms", nanos / 1e6));
    figures.put("perf/kernel_share", clock.seconds(Phase.KERNEL) / clock.total());
  }

  /**
   * Some of the completions of the last step, evenly over those that were sampled first.
   *
   * @param count how many at most
   */
  public List<Completion> completions(int count) {
    return last == null ? List.of() : last.spread(count);
  }

  /**
   * All that training needs to go on.
   *
   * @param score of the policy, NaN if it was not evaluated
   */
  public Checkpoint checkpoint(double wallSeconds, double score) {
    Map<String, double[]> model = new LinkedHashMap<>();
    model.put("policy", policy.weights());
    model.put("reference", reference.weights());
    Map<String, double[]> controllers = new LinkedHashMap<>();
    controllers.put("order", order.state());
    controllers.put("deviation_filter", filter.state());
    controllers.put("entropy_coefficient", new double[] {entropyControl.coefficient()});
    Map<String, long[]> streams = new LinkedHashMap<>();
    streams.put("rollouts", pair(rollouts));
    streams.put("solutions", pair(solutions));
    streams.put("order", pair(shuffles));
    return new Checkpoint(
        step, tokens, wallSeconds, score, model, optimizer.state(), controllers, streams);
  }

  private static long[] pair(RandomStream stream) {
    return new long[] {stream.state().key(), stream.state().position()};
  }

  /**
   * Goes on from a checkpoint of the same configuration.
   *
   * @throws IllegalArgumentException it lacks something, or has it in another shape
   */
  public void restore(Checkpoint checkpoint) {
    copy(checkpoint.model(), "policy", policy.weights());
    copy(checkpoint.model(), "reference", reference.weights());
    optimizer.state().forEach((name, values) -> copy(checkpoint.optimizer(), name, values));
    rollouts = stream(checkpoint, "rollouts");
    solutions = stream(checkpoint, "solutions");
    shuffles = stream(checkpoint, "order");
    order = new PromptOrder(task.prompts(), shuffles);
    double[] state = order.state();
    copy(checkpoint.controllers(), "order", state);
    order.restore(state);
    double[] filtered = filter.state();
    copy(checkpoint.controllers(), "deviation_filter", filtered);
    filter.restore(filtered);
    double[] coefficient = new double[1];
    copy(checkpoint.controllers(), "entropy_coefficient", coefficient);
    entropyControl = new AdaptiveEntropy(coefficient[0], config.entropyTarget(), ENTROPY_STEP, 1);
    step = checkpoint.step();
    tokens = checkpoint.tokens();
  }

  private static void copy(Map<String, double[]> from, String name, double[] to) {
    double[] values = from.get(name);
    if (values == null || values.length != to.length) {
      throw new IllegalArgumentException(
          "the checkpoint has %s values of %s where %d are needed; it is of another run"
              .formatted(values == null ? "no" : values.length, name, to.length));
    }
    System.arraycopy(values, 0, to, 0, to.length);
  }

  private static RandomStream stream(Checkpoint checkpoint, String name) {
    long[] at = checkpoint.streams().get(name);
    if (at == null) {
      throw new IllegalArgumentException(
          "the checkpoint has no random stream " + name + "; it is of another run");
    }
    return new RandomStream(new RandomStream.State(at[0], at[1]));
  }

  @Override
  public void close() {
    kernels.close();
  }
}
