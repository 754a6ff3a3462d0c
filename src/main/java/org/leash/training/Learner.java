package org.leash.training;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.leash.loss.AdaptiveEntropy;
import org.leash.loss.Advantage;
import org.leash.loss.GroupAdvantage;
import org.leash.loss.Objective;
import org.leash.loss.PolicyLoss;
import org.leash.loss.Preset;
import org.leash.loss.Rewards;
import org.leash.loss.Sequences;
import org.leash.training.files.Checkpoint;

/**
 * The second half of a step: advantages of completions, and the updates of the policy, and of the
 * critic where there is one, by them. Not thread-safe.
 */
final class Learner {
  /** Of completions from elsewhere: LUFFY's shaping with its γ. */
  private static final Objective FOREIGN = Objective.of(PolicyLoss.shaped(0.1));

  private static final double ENTROPY_STEP = 0.005;

  private final TrainingConfig config;
  private final Task task;
  private final Preset preset;
  private final TabularPolicy policy;
  private final TabularPolicy reference;
  private final Descent descent;
  private final Optional<Critic> critic;
  private final PolicyKernels kernels;
  private final StepClock clock;
  private AdaptiveEntropy entropyControl;

  /**
   * A learner before the first step.
   *
   * @param policy to be changed; what it is now is the reference
   * @throws IllegalArgumentException the algorithm does not go with groups of this size
   */
  Learner(
      TrainingConfig config,
      Preset preset,
      Task task,
      TabularPolicy policy,
      PolicyKernels kernels,
      StepClock clock) {
    this.config = config;
    this.task = task;
    this.preset = preset;
    this.policy = policy;
    this.reference = policy.copy();
    this.kernels = kernels;
    this.clock = clock;
    this.descent = new Descent(policy.weights(), config, "");
    this.critic =
        preset.advantage().needs().contains(Advantage.Need.VALUES)
            ? Optional.of(new Critic(policy, config))
            : Optional.empty();
    this.entropyControl = new AdaptiveEntropy(0, config.entropyTarget(), ENTROPY_STEP, 1);
    tryAdvantage();
  }

  /** Before a run's first step: whether its estimator can do with groups of this size. */
  private void tryAdvantage() {
    int[] lengths = new int[config.group()];
    Arrays.fill(lengths, 1);
    double[] none = new double[lengths.length];
    preset
        .advantage()
        .of(
            Sequences.of(lengths, new int[lengths.length]),
            Rewards.of(none).withGreedy(none).withValues(none).withSeveral(new double[][] {none}));
  }

  /** Makes the reference what the policy is now. */
  void resetReference() {
    System.arraycopy(policy.weights(), 0, reference.weights(), 0, reference.weights().length);
  }

  /**
   * Updates the policy by completions that it wrote before.
   *
   * @param step of the run, from 0
   * @param updates what every update is added to
   * @return all tokens, with their advantages
   */
  TokenBatch learn(Experience kept, int step, UpdateFigures updates) {
    TokenBatch batch = new TokenBatch(kept.rollouts(), kept.foreign());
    clock.enter(Phase.LOGPROB);
    double[] entropies = new double[batch.rows()];
    batch.oldLogprob =
        kernels.logprobs(policy, batch.contexts, batch.targets, config.temperature(), entropies);
    if (preset.objective().needsReference() || preset.rewardPenalty() > 0) {
      batch.referenceLogprob =
          kernels.logprobs(reference, batch.contexts, batch.targets, config.temperature(), null);
    }
    clock.enter(Phase.CRITIC);
    critic.ifPresent(judge -> batch.value = judge.values(batch.contexts));
    clock.enter(Phase.REWARD);
    Rewards rewards = rewards(kept, batch);
    batch.advantage = preset.advantage().of(batch.sequences(), rewards);
    if (critic.isPresent()) {
      batch.target = preset.advantage().targets(batch.sequences(), rewards);
    }
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
        update(part, current, seed, learningRate(step), updates);
        clock.enter(Phase.CRITIC);
        critic.ifPresent(judge -> judge.update(part, criticLearningRate(step), updates));
      }
    }
    return batch;
  }

  /** Of the policy in a step. */
  double learningRate(int step) {
    return config.learningRate() * warmth(step);
  }

  private double criticLearningRate(int step) {
    return Double.isNaN(config.criticLearningRate())
        ? learningRate(step)
        : config.criticLearningRate() * warmth(step);
  }

  private double warmth(int step) {
    return Math.min(1.0, (step + 1.0) / Math.max(1, config.warmup()));
  }

  /** With the algorithm's KL penalty: of tokens where its advantages are, else of completions. */
  private Rewards rewards(Experience kept, TokenBatch batch) {
    Rewards rewards = Rewards.of(kept.rewards()).withSeveral(kept.parts().toArray(double[][]::new));
    if (kept.greedy() != null) {
      rewards = rewards.withGreedy(kept.greedy());
    }
    if (batch.value != null) {
      rewards = rewards.withValues(batch.value);
    }
    if (preset.rewardPenalty() == 0) {
      return rewards;
    }
    return preset.advantage() instanceof GroupAdvantage
        ? rewards.withSequencePenalty(
            batch.sequences(),
            preset.rewardKl(),
            preset.rewardPenalty(),
            batch.oldLogprob,
            batch.referenceLogprob)
        : rewards.withTokenPenalty(
            batch.sequences(),
            preset.rewardKl(),
            preset.rewardPenalty(),
            batch.oldLogprob,
            batch.referenceLogprob);
  }

  /** The objective with the entropy bonus of this step. */
  private Objective controlled(double[] entropies) {
    Objective objective = preset.objective();
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
    double[] gradient = descent.cleared();
    double temperature = config.temperature();
    double sum = 0;
    if (config.offPolicy() == 0) {
      sum =
          kernels.update(policy, part, current, null, temperature, seed, gradient, updates, clock);
    } else {
      boolean[] own = part.ownRows();
      sum = kernels.update(policy, part, current, own, temperature, seed, gradient, updates, clock);
      sum +=
          kernels.update(
              policy, part, FOREIGN, part.offPolicy, temperature, seed, gradient, updates, clock);
    }
    clock.enter(Phase.OPTIMIZER);
    updates.update(sum, descent.step(learningRate));
  }

  /** Adds what it needs to go on. */
  void save(
      Map<String, double[]> model,
      Map<String, double[]> optimizers,
      Map<String, double[]> controllers) {
    model.put("policy", policy.weights());
    model.put("reference", reference.weights());
    descent.save(optimizers);
    critic.ifPresent(judge -> judge.save(model, optimizers));
    controllers.put("entropy_coefficient", new double[] {entropyControl.coefficient()});
  }

  /** Goes on where {@link #save} was called. */
  void restore(Checkpoint checkpoint) {
    Checkpoint.copy(checkpoint.model(), "policy", policy.weights());
    Checkpoint.copy(checkpoint.model(), "reference", reference.weights());
    descent.restore(checkpoint.optimizer());
    critic.ifPresent(judge -> judge.restore(checkpoint));
    double[] coefficient = new double[1];
    Checkpoint.copy(checkpoint.controllers(), "entropy_coefficient", coefficient);
    entropyControl = new AdaptiveEntropy(coefficient[0], config.entropyTarget(), ENTROPY_STEP, 1);
  }
}
