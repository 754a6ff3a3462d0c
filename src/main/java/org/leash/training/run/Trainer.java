package org.leash.training.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.leash.device.Device;
import org.leash.loss.preset.Preset;
import org.leash.training.StepClock;
import org.leash.training.algorithm.Learner;
import org.leash.training.algorithm.Overrides;
import org.leash.training.algorithm.StepMetrics;
import org.leash.training.algorithm.TokenBatch;
import org.leash.training.algorithm.UpdateFigures;
import org.leash.training.policy.Policy;
import org.leash.training.policy.PolicyKernels;
import org.leash.training.policy.TabularPolicy;
import org.leash.training.record.Checkpoint;
import org.leash.training.record.Completion;
import org.leash.training.rollout.Collector;
import org.leash.training.rollout.Experience;
import org.leash.training.rollout.Reward;
import org.leash.training.rollout.RolloutConfig;
import org.leash.training.task.Task;
import org.leash.training.task.Tasks;

/**
 * Samples, rewards and updates, step by step. The same configuration and kernels give the same
 * weights and metrics, bit for bit, with or without interruption by {@link #restore}. Not
 * thread-safe.
 */
public final class Trainer implements AutoCloseable {
  private final TrainingConfig config;
  private final Task task;
  private final Preset preset;
  private final Policy base;
  private final Policy policy;
  private final PolicyKernels kernels;
  private final StepClock clock = new StepClock();
  private final Collector collector;
  private final Learner learner;
  private Experience last;
  private int step;

  /**
   * A trainer of a table of logits, before its first step.
   *
   * @param device where the updates are computed; it must stay open as long as the trainer
   * @param variant of the kernels, or null for the best
   */
  public Trainer(TrainingConfig config, Device device, String variant) {
    this(
        config,
        Preset.named(config.run().preset()),
        Tasks.named(config.run().task()),
        device,
        variant);
  }

  /**
   * A trainer of a table of logits, with any algorithm and task.
   *
   * @throws IllegalArgumentException the algorithm cannot use the reward or the groups
   */
  public Trainer(TrainingConfig config, Preset preset, Task task, Device device, String variant) {
    this(config, preset, task, TabularPolicy.of(task.base(config.run().seed())), device, variant);
  }

  /**
   * A trainer of any kind of policy.
   *
   * @param base the policy to start from, which is not changed
   */
  public Trainer(
      TrainingConfig config, Preset preset, Task task, Policy base, Device device, String variant) {
    this.config = config;
    this.task = task;
    this.preset = Overrides.of(config.loss(), config.kl(), config.correction(), preset);
    this.base = base;
    this.policy = base.copy();
    RolloutConfig rollout = config.rollout();
    long seed = config.run().seed();
    int rows = rollout.prompts() * rollout.group() * task.maxLength();
    this.kernels = new PolicyKernels(device, variant, task.vocab(), rows, clock);
    try {
      this.collector =
          new Collector(
              rollout, this.preset, task, policy, scorer(policy), scorer(base), seed, clock);
      this.learner =
          new Learner(
              config.update(),
              this.preset,
              policy,
              task.base(seed).contexts(),
              rollout,
              seed,
              kernels,
              clock);
    } catch (RuntimeException e) {
      kernels.close();
      throw e;
    }
  }

  private Reward.Scorer scorer(Policy scored) {
    return (contexts, targets) -> kernels.logprobs(scored, contexts, targets, 1, null, null);
  }

  /** The policy in training itself. */
  public Policy policy() {
    return policy;
  }

  /** The policy before training. */
  public Policy base() {
    return base;
  }

  /** The task. */
  public Task task() {
    return task;
  }

  /** Completed steps. */
  public int steps() {
    return step;
  }

  /** Tokens sampled so far. */
  public long tokens() {
    return collector.tokens();
  }

  /** The variant of the kernels. */
  public String variant() {
    return kernels.variant();
  }

  /** Samples, rewards and updates once; returns the metrics of the step. */
  public Map<String, Double> step() {
    clock.reset();
    kernels.resetTimes();
    Experience sampled = collector.sample();
    last = sampled;
    Map<String, Double> figures = StepMetrics.ofRewards(sampled, task);
    UpdateFigures updates = new UpdateFigures();
    double learningRate = learner.learningRate(step);
    TokenBatch batch = learner.learn(collector.select(sampled), step, updates);
    step++;
    if (config.update().referenceReset() > 0 && step % config.update().referenceReset() == 0) {
      learner.resetReference();
    }
    clock.leave();
    figures.putAll(StepMetrics.ofAdvantages(batch));
    figures.putAll(StepMetrics.ofUpdates(updates, preset.objective(), learningRate));
    figures.putAll(StepMetrics.ofCritic(batch, updates));
    figures.putAll(StepMetrics.ofWeights(batch, preset.objective().policy(), preset.correction()));
    figures.putAll(StepMetrics.ofTimes(clock, kernels, batch.rows()));
    return figures;
  }

  /**
   * Completions of the last step, evenly spaced over its first samples.
   *
   * @param count the most
   */
  public List<Completion> completions(int count) {
    return last == null ? List.of() : last.spread(count);
  }

  /**
   * The state of training.
   *
   * @param score of the policy, NaN if it was not evaluated
   */
  public Checkpoint checkpoint(double wallSeconds, double score) {
    Map<String, double[]> model = new LinkedHashMap<>();
    Map<String, double[]> optimizers = new LinkedHashMap<>();
    Map<String, double[]> controllers = new LinkedHashMap<>();
    Map<String, long[]> streams = new LinkedHashMap<>();
    collector.save(controllers, streams);
    learner.save(model, optimizers, controllers);
    return new Checkpoint(
        step, tokens(), wallSeconds, score, model, optimizers, controllers, streams);
  }

  /**
   * Resumes from a checkpoint of the same configuration.
   *
   * @throws IllegalArgumentException a part of it is missing or has another shape
   */
  public void restore(Checkpoint checkpoint) {
    learner.restore(checkpoint);
    collector.restore(checkpoint);
    step = checkpoint.step();
  }

  @Override
  public void close() {
    kernels.close();
  }
}
