package org.leash.training;

/** What completions earn. */
public interface Reward {
  /** Its name among {@link Rewarding}. */
  String name();

  /** Whether what a completion earns depends on the others of its group. */
  default boolean isRelative() {
    return false;
  }

  /**
   * One reward for each completion.
   *
   * @param scorer asks the policy that is being trained
   */
  double[] of(Rollouts rollouts, Task task, Scorer scorer);

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
