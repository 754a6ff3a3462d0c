package org.leash.training.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.leash.device.Device;
import org.leash.training.NextToken;
import org.leash.training.PrefixTree;
import org.leash.training.rollout.Rollouts;
import org.leash.training.run.Trainer;
import org.leash.training.run.TrainingConfig;
import org.leash.training.task.Task;

final class CriticTest {
  private static final double RATE = 0.5;

  /** Two prompts with one token each, and values that begin at 0. */
  private static TokenBatch batch(double[] targets, boolean... foreign) {
    Rollouts rollouts = new Rollouts(new int[] {0, 1}, targets.length / 2, 1);
    for (int i = 0; i < targets.length; i++) {
      rollouts.append(i, 0, -1);
    }
    TokenBatch batch = new TokenBatch(rollouts, foreign);
    batch.value = new double[targets.length];
    batch.target = targets;
    return batch;
  }

  private static Critic critic(double clip) {
    return new Critic(
        new PrefixTree(2, 3, 1), TrainingConfig.DEFAULT.with("valueClip", clip).update());
  }

  /**
   * By hand: the value of the first prompt moves by η (1 + 2) / 4, that of the second by η 4 / 4.
   */
  @Test
  void followsTheSquaredError() {
    TokenBatch batch = batch(new double[] {1, 2, 4, 0}, new boolean[4]);
    Critic critic = critic(Double.POSITIVE_INFINITY);
    UpdateFigures updates = new UpdateFigures();
    critic.update(batch, RATE, updates);
    assertThat(critic.values(batch.contexts))
        .containsExactly(new double[] {0.375, 0.375, 0.5, 0.5}, within(1e-15));
    assertThat(updates.mean(UpdateFigures.Figure.CRITIC_LOSS)).isEqualTo((1 + 4 + 16) / 8.0);
    assertThat(updates.mean(UpdateFigures.Figure.CRITIC_GRADIENT_NORM))
        .isEqualTo(Math.hypot(0.75, 1));
    assertThat(updates.mean(UpdateFigures.Figure.CRITIC_CLIPPED)).isZero();
  }

  /** A value beyond the bound rests where its target lies further on, and may return. */
  @Test
  void clipsValueUpdates() {
    TokenBatch batch = batch(new double[] {4, 4, -4, -4}, new boolean[4]);
    Critic critic = critic(0.9);
    critic.update(batch, RATE, new UpdateFigures());
    assertThat(critic.values(batch.contexts)).containsExactly(1, 1, -1, -1);
    batch.target = new double[] {4, 4, 4, 4};
    UpdateFigures updates = new UpdateFigures();
    critic.update(batch, RATE, updates);
    assertThat(critic.values(batch.contexts)).containsExactly(1, 1, 0.25, 0.25);
    // Errors of 1 − 4 and 0.9 − 4 for the first, of −1 − 4 and −0.9 − 4 for the second.
    assertThat(updates.mean(UpdateFigures.Figure.CRITIC_LOSS))
        .isCloseTo((3.1 * 3.1 + 25) / 4, within(1e-12));
    assertThat(updates.mean(UpdateFigures.Figure.CRITIC_CLIPPED)).isEqualTo(0.5);
  }

  @Test
  void ignoresForeignCompletions() {
    TokenBatch batch = batch(new double[] {1, 100, 1, 100}, false, true, false, true);
    Critic critic = critic(Double.POSITIVE_INFINITY);
    critic.update(batch, RATE, new UpdateFigures());
    assertThat(critic.values(batch.contexts)).containsOnly(0.25);
    critic.update(batch(new double[] {1, 1}, true, true), RATE, new UpdateFigures());
    assertThat(critic.values(batch.contexts)).containsOnly(0.25);
  }

  /** With a policy that hardly moves the values become the chances of a right answer. */
  @Test
  void learnsSuccessProbabilitiesOfThePolicy() {
    TrainingConfig config =
        TrainingConfig.DEFAULT
            .with("task", "digits:2:3:2")
            .with("preset", "ppo")
            .with("prompts", 2)
            .with("group", 2000)
            .with("learningRate", 1e-9)
            .with("criticLearningRate", 4.0);
    try (Device device = Device.cpu(1);
        Trainer trainer = new Trainer(config, device, null)) {
      Map<String, Double> first = trainer.step();
      assertThat(first.get("critic/value_mean")).isZero();
      assertThat(first.get("critic/explained_variance")).isCloseTo(0, within(1e-12));
      Map<String, Double> last = first;
      for (int i = 0; i < 60; i++) {
        last = trainer.step();
      }
      double[] table = trainer.checkpoint(0, 0).model().get("critic");
      int[] tokens = new int[trainer.task().maxLength()];
      for (int prompt = 0; prompt < 2; prompt++) {
        check(trainer, prompt, tokens, 0, table);
        for (int digit = 0; digit < 3; digit++) {
          tokens[0] = digit;
          check(trainer, prompt, tokens, 1, table);
        }
      }
      assertThat(last.get("critic/value_mean"))
          .isCloseTo(last.get("critic/return_mean"), within(0.03));
      assertThat(last.get("critic/explained_variance")).isGreaterThan(0.05);
    }
  }

  private static void check(Trainer trainer, int prompt, int[] tokens, int length, double[] table) {
    int context = (int) trainer.task().base(1).contexts().context(prompt, tokens, length);
    double chance = chance(trainer.policy(), trainer.task(), prompt, tokens, length);
    assertThat(table[context]).isCloseTo(chance, within(0.06));
  }

  /** Of a right answer after so many tokens. */
  private static double chance(NextToken policy, Task task, int prompt, int[] tokens, int length) {
    if (length > 0 && task.isOver(tokens, 0, length)) {
      return task.judge(prompt, tokens, 0, length).correct() ? 1 : 0;
    }
    double[] p = new double[task.vocab()];
    policy.probabilities(prompt, tokens, length, p);
    double chance = 0;
    for (int token = 0; token < p.length; token++) {
      tokens[length] = token;
      chance += p[token] * chance(policy, task, prompt, tokens, length + 1);
    }
    return chance;
  }

  @Test
  void rejectsSettingsOutOfRange() {
    assertThatThrownBy(() -> TrainingConfig.DEFAULT.with("criticLearningRate", 0.0))
        .hasMessageContaining("criticLearningRate = 0.0 is out of range");
    assertThatThrownBy(() -> TrainingConfig.DEFAULT.with("valueClip", 0.0))
        .hasMessageContaining("valueClip = 0.0 is out of range");
  }
}
