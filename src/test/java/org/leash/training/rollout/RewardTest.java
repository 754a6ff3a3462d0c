package org.leash.training.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.leash.training.RandomStream;
import org.leash.training.policy.TabularPolicy;
import org.leash.training.task.Task;
import org.leash.training.task.Tasks;

final class RewardTest {
  /** Log-probabilities of a policy, in double precision. */
  private static Reward.Scorer scorer(TabularPolicy policy) {
    return (contexts, targets) -> {
      double[] logprobs = new double[contexts.rows()];
      double[] p = new double[policy.vocab()];
      for (int row = 0; row < logprobs.length; row++) {
        int[] prefix = new int[contexts.length(row)];
        for (int i = 0; i < prefix.length; i++) {
          prefix[i] = contexts.token(row, i);
        }
        policy.probabilities(contexts.prompt(row), prefix, prefix.length, p);
        logprobs[row] = Math.log(p[targets[row]]);
      }
      return logprobs;
    };
  }

  private static Rollouts rollouts(Task task, int prompt, int[]... completions) {
    Rollouts rollouts = new Rollouts(new int[] {prompt}, completions.length, task.maxLength());
    for (int i = 0; i < completions.length; i++) {
      for (int token : completions[i]) {
        rollouts.append(i, token, -1);
      }
      rollouts.judge(task, i);
    }
    return rollouts;
  }

  @Test
  void scoresBinaryAndFormat() {
    Task task = Tasks.named("digits:4:4:3");
    Rollouts three =
        rollouts(task, 2, new int[] {1, 2, 4}, new int[] {1, 1, 4}, new int[] {0, 0, 0, 0});
    assertThat(Rewarding.named("binary", null).of(three, task, null)).containsExactly(1, 0, 0);
    Reward format = Rewarding.named("format", null);
    assertThat(format.of(three, task, null)).containsExactly(1, 0, -1);
    assertThat(format.parts(three, task, null))
        .containsExactly(new double[] {0, 0, -1}, new double[] {1, 0, 0});
    assertThatThrownBy(() -> Rewarding.named("karma", null)).hasMessageContaining("soft-z");
  }

  @Test
  void softIsAProbabilityAndItsScoresAreStandard() {
    assertThat(Rewarding.yes(1, 0)).isCloseTo(Math.E / (Math.E + 1), within(1e-15));
    Task task = Tasks.named("rare-modes");
    Rollouts all = rollouts(task, 0, new int[] {0}, new int[] {3}, new int[] {4}, new int[] {5});
    double[] soft = Rewarding.named("soft", null).of(all, task, null);
    assertThat(Arrays.stream(soft)).allMatch(r -> r > 0 && r < 1);
    assertThat(soft).isEqualTo(Rewarding.named("soft", null).of(all, task, null));
    double[] scores = Rewarding.named("soft-z", null).of(all, task, null);
    double mean = 0;
    double square = 0;
    for (double score : scores) {
      mean += score / 4;
      square += score * score / 4;
    }
    assertThat(mean).isCloseTo(0, within(1e-12));
    assertThat(square).isCloseTo(1, within(1e-12));
    double[] equal = {0.1, 0.1, 0.1};
    Rewarding.standardise(equal, 3);
    assertThat(equal).containsExactly(0, 0, 0);
  }

  @Test
  void referenceRewardsTheChainThatLeadsToTheAnswer() {
    Task task = Tasks.named("sums:5:5:4");
    TabularPolicy policy = TabularPolicy.of(task.base(1));
    int[] right = task.solution(1, new RandomStream(1, "unused"));
    int[] wrong = right.clone();
    wrong[1] = (wrong[1] + 1) % 5;
    double[] rewards =
        Rewarding.named("reference", scorer(policy))
            .of(rollouts(task, 1, right, wrong), task, scorer(policy));
    double[] p = new double[5];
    policy.probabilities(1, right, 2, p);
    double with = p[task.referenceAnswer(1)[0]];
    policy.probabilities(1, right, 0, p);
    double without = p[task.referenceAnswer(1)[0]];
    assertThat(rewards[0])
        .isCloseTo(0.9 * Math.clamp(with - without, 0.0, 1.0) + 0.1, within(1e-12));
    assertThat(rewards[0]).isGreaterThan(rewards[1]);
  }

  @Test
  void baseModelWithoutChainEarnsOnlyTheFormatReward() {
    Task task = Tasks.named("digits:4:4:3");
    TabularPolicy base = TabularPolicy.of(task.base(1));
    double[] rewards =
        Rewarding.named("reference", scorer(base))
            .of(rollouts(task, 0, new int[] {1, 4}, new int[] {0, 0, 0, 0}), task, scorer(base));
    assertThat(rewards[0]).isCloseTo(0.1, within(1e-12));
    assertThat(rewards[1]).isZero();
  }

  @Test
  void filterDropsGroupsWithSmallDeviation() {
    DeviationFilter filter = new DeviationFilter(0.5);
    for (int step = 1; step <= 10; step++) {
      assertThat(filter.keep(new double[] {0.4, 0.0})).containsExactly(true, true);
    }
    assertThat(filter.state()[0]).isCloseTo(0.2, within(1e-12));
    DeviationFilter resumed = new DeviationFilter(0.5);
    resumed.restore(filter.state());
    assertThat(resumed.keep(new double[] {0.4, 0.09})).containsExactly(true, false);
    assertThat(resumed.state()[0]).isCloseTo(0.99 * 0.2 + 0.01 * 0.245, within(1e-12));
    assertThat(filter.keep(new double[] {0.4, 0.11})).containsExactly(true, true);
  }
}
