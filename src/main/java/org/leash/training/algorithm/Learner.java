package org.leash.training.algorithm;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.leash.loss.AdaptiveEntropy;
import org.leash.loss.PolicyLoss;
import org.leash.loss.advantage.Advantage;
import org.leash.loss.advantage.GroupAdvantage;
import org.leash.loss.advantage.Rewards;
import org.leash.loss.advantage.Sequences;
import org.leash.loss.objective.Objective;
import org.leash.loss.objective.TokenColumns;
import org.leash.loss.preset.Preset;
import org.leash.training.Phase;
import org.leash.training.PrefixTree;
import org.leash.training.RandomStream;
import org.leash.training.StepClock;
import org.leash.training.policy.Policy;
import org.leash.training.policy.PolicyKernels;
import org.leash.training.policy.TokenOutcomes;
import org.leash.training.record.Checkpoint;
import org.leash.training.rollout.Experience;
import org.leash.training.rollout.RolloutConfig;

/**
 * The second half of a step: advantages of completions, and the updates of the policy and, if the
 * algorithm has one, the critic. Not thread-safe.
 */
public final class Learner {
  /** For completions from elsewhere: LUFFY's shaping with its γ. */
  private static final Objective FOREIGN = Objective.of(PolicyLoss.shaped(0.1));

  private static final double ENTROPY_STEP = 0.005;

  private final UpdateConfig config;
  private final double temperature;
  private final long seed;
  private final int maxLength;
  private final Preset preset;
  private final Policy policy;
  private final Policy reference;
  private final Descent descent;
  private final Optional<Critic> critic;
  private final PolicyKernels kernels;
  private final StepClock clock;
  private AdaptiveEntropy entropyControl;

  /**
   * A learner before the first step.
   *
   * @param preset the algorithm
   * @param policy updated in place; its present weights are the reference
   * @param contexts of its completions, for a critic
   * @param rollout how completions are sampled
   * @param seed of the run
   * @throws IllegalArgumentException the algorithm cannot use groups of this size
   */
  public Learner(
      UpdateConfig config,
      Preset preset,
      Policy policy,
      PrefixTree contexts,
      RolloutConfig rollout,
      long seed,
      PolicyKernels kernels,
      StepClock clock) {
    this.config = config;
    this.preset = preset;
    this.policy = policy;
    this.maxLength = contexts.maxLength();
    this.temperature = rollout.temperature();
    this.seed = seed;
    this.reference = policy.copy();
    this.kernels = kernels;
    this.clock = clock;
    this.descent = new Descent(policy.weights(), config, "");
    this.critic =
        preset.advantage().needs().contains(Advantage.Need.VALUES)
            ? Optional.of(new Critic(contexts, config))
            : Optional.empty();
    this.entropyControl = entropyControl(0);
    tryAdvantage(rollout.group());
  }

  private AdaptiveEntropy entropyControl(double coefficient) {
    return new AdaptiveEntropy(
        coefficient, config.entropyTarget().orElse(Double.NaN), ENTROPY_STEP, 1);
  }

  /** Fails before the first step if the estimator cannot use groups of this size. */
  private void tryAdvantage(int group) {
    int[] lengths = new int[group];
    Arrays.fill(lengths, 1);
    double[] none = new double[lengths.length];
    preset
        .advantage()
        .of(
            Sequences.of(lengths, new int[lengths.length]),
            Rewards.of(none)
                .withGreedy(none)
                .withValues(none)
                .withSeveral(new double[][] {none})
                .withScoreNorms(none, none, null));
  }

  /** Sets the reference to the present policy. */
  public void resetReference() {
    System.arraycopy(policy.weights(), 0, reference.weights(), 0, reference.weights().length);
  }

  /**
   * Updates the policy by completions.
   *
   * @param step of the run, from 0
   * @param updates receives the figures of every update
   * @return all tokens, with their advantages
   */
  public TokenBatch learn(Experience kept, int step, UpdateFigures updates) {
    TokenBatch batch = new TokenBatch(kept.rollouts(), kept.foreign());
    clock.enter(Phase.LOGPROB);
    double[] entropies = new double[batch.rows()];
    double[] collisions =
        preset.advantage().needs().contains(Advantage.Need.SCORE_NORMS)
            ? new double[batch.rows()]
            : null;
    batch.oldLogprob =
        kernels.logprobs(policy, batch.contexts, batch.targets, temperature, entropies, collisions);
    if (preset.objective().needsReference() || preset.rewardPenalty() > 0) {
      batch.referenceLogprob =
          kernels.logprobs(reference, batch.contexts, batch.targets, temperature, null, null);
    }
    clock.enter(Phase.CRITIC);
    critic.ifPresent(judge -> batch.value = judge.values(batch.contexts));
    clock.enter(Phase.REWARD);
    Rewards rewards = rewards(kept, batch, collisions);
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
        part.weight = preset.aggregation().weights(part.sequences(), maxLength);
        long draw =
            new RandomStream(seed, String.format(Locale.ROOT, "update %d %d %d", step, epoch, m))
                .nextLong();
        update(part, current, draw, learningRate(step), updates);
        clock.enter(Phase.CRITIC);
        critic.ifPresent(judge -> judge.update(part, criticLearningRate(step), updates));
      }
    }
    return batch;
  }

  /** The learning rate of the policy in a step. */
  public double learningRate(int step) {
    return config.learningRate() * warmth(step);
  }

  private double criticLearningRate(int step) {
    return config.criticLearningRate().orElse(config.learningRate()) * warmth(step);
  }

  private double warmth(int step) {
    return Math.min(1.0, (step + 1.0) / Math.max(1, config.warmup()));
  }

  /**
   * Rewards with the algorithm's KL penalty: per completion if it normalizes advantages in groups,
   * else per token.
   */
  private Rewards rewards(Experience kept, TokenBatch batch, double[] collisions) {
    Rewards rewards = Rewards.of(kept.rewards()).withSeveral(kept.parts().toArray(double[][]::new));
    if (kept.greedy() != null) {
      rewards = rewards.withGreedy(kept.greedy());
    }
    if (batch.value != null) {
      rewards = rewards.withValues(batch.value);
    }
    if (collisions != null) {
      rewards = rewards.withScoreNorms(batch.oldLogprob, collisions, batch.rolloutWeights(preset));
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
    if (config.entropyTarget().isEmpty() || entropies.length == 0) {
      return objective;
    }
    double entropy = Arrays.stream(entropies).average().orElseThrow();
    double coefficient = entropyControl.applied(entropy);
    entropyControl = entropyControl.after(entropy);
    return objective.withPolicy(objective.policy().withEntropy(coefficient));
  }

  private void update(
      TokenBatch part, Objective current, long draw, double learningRate, UpdateFigures updates) {
    clock.enter(Phase.OPTIMIZER);
    double[] gradient = descent.cleared();
    TokenColumns sampled = part.corrected(preset, current, maxLength);
    double sum = update(part, current, sampled, draw, gradient, updates);
    if (part.hasForeignRows()) {
      TokenColumns foreign = part.foreign(FOREIGN, sampled);
      sum += update(part, FOREIGN, foreign, draw, gradient, updates);
    }
    clock.enter(Phase.OPTIMIZER);
    updates.add(UpdateFigures.Figure.LOSS, sum);
    updates.add(UpdateFigures.Figure.GRADIENT_NORM, descent.step(learningRate));
  }

  /** The loss of some rows; adds its gradient. */
  private double update(
      TokenBatch part,
      Objective objective,
      TokenColumns columns,
      long draw,
      double[] gradient,
      UpdateFigures updates) {
    TokenOutcomes outcomes =
        kernels.update(
            policy, part.contexts, part.targets, columns, objective, temperature, draw, gradient);
    return updates.add(outcomes, columns);
  }

  /** Adds its state. */
  public void save(
      Map<String, double[]> model,
      Map<String, double[]> optimizers,
      Map<String, double[]> controllers) {
    model.put("policy", policy.weights());
    model.put("reference", reference.weights());
    descent.save(optimizers);
    critic.ifPresent(judge -> judge.save(model, optimizers));
    controllers.put("entropy_coefficient", new double[] {entropyControl.coefficient()});
  }

  /** Restores the state that {@link #save} added. */
  public void restore(Checkpoint checkpoint) {
    Checkpoint.copy(checkpoint.model(), "policy", policy.weights());
    Checkpoint.copy(checkpoint.model(), "reference", reference.weights());
    descent.restore(checkpoint.optimizer());
    critic.ifPresent(judge -> judge.restore(checkpoint));
    double[] coefficient = new double[1];
    Checkpoint.copy(checkpoint.controllers(), "entropy_coefficient", coefficient);
    entropyControl = entropyControl(coefficient[0]);
  }
}
