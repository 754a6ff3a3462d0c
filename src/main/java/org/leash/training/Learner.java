package org.leash.training;

import java.util.Arrays;
import java.util.Map;
import org.leash.loss.AdaptiveEntropy;
import org.leash.loss.GroupAdvantage;
import org.leash.loss.Objective;
import org.leash.loss.Preset;
import org.leash.loss.Rewards;
import org.leash.reference.PolicyLoss;
import org.leash.training.files.Checkpoint;

/**
 * The second half of a step: advantages of completions, and the updates of the policy by them. Not
 * thread-safe.
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
  private final Optimizer optimizer;
  private final PolicyKernels kernels;
  private final StepClock clock;
  private final double[] gradient;
  private AdaptiveEntropy entropyControl;

  /**
   * A learner before the first step.
   *
   * @param policy to be changed; what it is now is the reference
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
    this.gradient = new double[policy.weights().length];
    this.optimizer = Optimizer.named(config.optimizer(), gradient.length);
    this.entropyControl = new AdaptiveEntropy(0, config.entropyTarget(), ENTROPY_STEP, 1);
  }

  /** Makes the reference what the policy is now. */
  void resetReference() {
    System.arraycopy(policy.weights(), 0, reference.weights(), 0, gradient.length);
  }

  /**
   * Updates the policy by completions that it wrote before.
   *
   * @param step that seeds what is drawn at random
   * @param updates what every update is added to
   * @return all tokens, with their advantages
   */
  TokenBatch learn(Experience kept, int step, double learningRate, UpdateFigures updates) {
    TokenBatch batch = new TokenBatch(kept.rollouts(), kept.foreign());
    clock.enter(Phase.LOGPROB);
    double[] entropies = new double[batch.rows()];
    batch.oldLogprob =
        kernels.logprobs(policy, batch.contexts, batch.targets, config.temperature(), entropies);
    if (preset.objective().policy().kl() != PolicyLoss.Kl.NONE || preset.rewardPenalty() > 0) {
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
    if (kept.greedy() != null) {
      rewards = rewards.withGreedy(kept.greedy());
    }
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
    Arrays.fill(gradient, 0);
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

  /** Adds what it needs to go on. */
  void save(
      Map<String, double[]> model,
      Map<String, double[]> optimizers,
      Map<String, double[]> controllers) {
    model.put("policy", policy.weights());
    model.put("reference", reference.weights());
    optimizers.putAll(optimizer.state());
    controllers.put("entropy_coefficient", new double[] {entropyControl.coefficient()});
  }

  /** Goes on where {@link #save} was called. */
  void restore(Checkpoint checkpoint) {
    Checkpoint.copy(checkpoint.model(), "policy", policy.weights());
    Checkpoint.copy(checkpoint.model(), "reference", reference.weights());
    optimizer
        .state()
        .forEach((name, values) -> Checkpoint.copy(checkpoint.optimizer(), name, values));
    double[] coefficient = new double[1];
    Checkpoint.copy(checkpoint.controllers(), "entropy_coefficient", coefficient);
    entropyControl = new AdaptiveEntropy(coefficient[0], config.entropyTarget(), ENTROPY_STEP, 1);
  }
}
