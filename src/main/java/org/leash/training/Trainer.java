package org.leash.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.leash.device.Device;
import org.leash.loss.Preset;
import org.leash.training.files.Checkpoint;
import org.leash.training.files.Completion;

/**
 * Samples, rewards and updates, a step at a time. The same configuration gives the same weights and
 * figures, bit for bit, on devices that compute the same, and after {@link #restore} as without.
 * Not thread-safe.
 */
public final class Trainer implements AutoCloseable {
  private final TrainingConfig config;
  private final Task task;
  private final Preset preset;
  private final TabularPolicy base;
  private final TabularPolicy policy;
  private final PolicyKernels kernels;
  private final StepClock clock = new StepClock();
  private final Collector collector;
  private final Learner learner;
  private Experience last;
  private int step;

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
   * @throws IllegalArgumentException the algorithm does not go with the reward
   */
  public Trainer(TrainingConfig config, Preset preset, Task task, Device device, String variant) {
    this.config = config;
    this.task = task;
    this.preset = Overrides.of(config, preset);
    this.base = task.base(config.seed());
    this.policy = base.copy();
    int rows = config.prompts() * config.group() * task.maxLength();
    this.kernels = new PolicyKernels(device, variant, task.vocab(), rows);
    try {
      this.collector = new Collector(config, this.preset, task, policy, base, kernels, clock);
      this.learner = new Learner(config, this.preset, task, policy, kernels, clock);
    } catch (RuntimeException e) {
      kernels.close();
      throw e;
    }
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
    return collector.tokens();
  }

  /** The variant of the kernels. */
  public String variant() {
    return kernels.variant();
  }

  /** Samples, rewards and updates once; the figures of the step by name. */
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
    if (config.referenceReset() > 0 && step % config.referenceReset() == 0) {
      learner.resetReference();
    }
    clock.leave();
    StepMetrics.spread(figures, "advantage", batch.advantage, true);
    figures.putAll(StepMetrics.ofUpdates(updates, preset.objective(), learningRate));
    figures.putAll(StepMetrics.ofCritic(batch, updates));
    figures.putAll(StepMetrics.ofWeights(batch, preset.objective().policy()));
    figures.putAll(StepMetrics.ofTimes(clock, kernels, batch.rows()));
    return figures;
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
    Map<String, double[]> optimizers = new LinkedHashMap<>();
    Map<String, double[]> controllers = new LinkedHashMap<>();
    Map<String, long[]> streams = new LinkedHashMap<>();
    collector.save(controllers, streams);
    learner.save(model, optimizers, controllers);
    return new Checkpoint(
        step, tokens(), wallSeconds, score, model, optimizers, controllers, streams);
  }

  /**
   * Goes on from a checkpoint of the same configuration.
   *
   * @throws IllegalArgumentException it lacks something, or has it in another shape
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
