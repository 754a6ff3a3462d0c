package org.leash.training.rollout;

import java.util.List;
import org.leash.training.Contexts;
import org.leash.training.task.Task;

/** Scores completions. */
public interface Reward {
  /** Its name for {@link Rewarding#named}. */
  String name();

  /** Whether the reward of a completion depends on the others of its group. */
  default boolean isRelative() {
    return false;
  }

  /**
   * One reward for each completion: the sum of the {@link #parts}.
   *
   * @param scorer log-probabilities of the policy in training
   */
  default double[] of(Rollouts rollouts, Task task, Scorer scorer) {
    return sum(parts(rollouts, task, scorer));
  }

  /** The summands of the reward, at least one, each with a value for each completion. */
  List<double[]> parts(Rollouts rollouts, Task task, Scorer scorer);

  /** The sum of parts, at least one. */
  static double[] sum(List<double[]> parts) {
    double[] sums = parts.getFirst().clone();
    for (double[] part : parts.subList(1, parts.size())) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += part[i];
      }
    }
    return sums;
  }

  /** Log-probabilities, at temperature 1, that a policy gives to tokens in contexts. */
  @FunctionalInterface
  interface Scorer {
    /**
     * One for each row.
     *
     * @param targets a token for each row
     */
    double[] logprobs(Contexts contexts, int[] targets);
  }
}
