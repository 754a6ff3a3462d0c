package org.leash.training;

/**
 * Prompts, the tokens that completions are made of, and a verifier. Immutable and thread-safe.
 *
 * <p>A completion is at most {@link #maxLength()} tokens; it is over when it has that many or with
 * the {@link #endToken()}.
 */
public interface Task {
  /** No end token: all completions have {@link #maxLength()} tokens. */
  int NO_END = -1;

  /** The name by which {@link Tasks#named} makes it again. */
  String name();

  /** How many prompts there are, numbered from 0. */
  int prompts();

  /** How many tokens there are, numbered from 0. */
  int vocab();

  /** The most tokens of a completion, the end token among them. */
  int maxLength();

  /** The token that ends a completion, or {@link #NO_END}. */
  int endToken();

  /**
   * The verdict on a completion that is over.
   *
   * @param tokens holds the completion from start to start + length
   */
  Verdict judge(int prompt, int[] tokens, int start, int length);

  /** A right answer to a prompt, as the tokens that end a completion. */
  int[] referenceAnswer(int prompt);

  /**
   * A completion that is right throughout, as if from a source that knows many: what off-policy
   * training puts into a group.
   */
  int[] solution(int prompt, RandomStream random);

  /**
   * Where the answer starts in a completion: what is before is its chain of thought.
   *
   * @return in [0, length]
   */
  int answerStart(int length);

  /** Gives a policy the weights of the base model, the same for the same stream. */
  void initialise(TabularPolicy policy, RandomStream random);

  /** The base model: a policy over the prefixes of this task. */
  default TabularPolicy base(long seed) {
    TabularPolicy policy = new TabularPolicy(prompts(), vocab(), maxLength());
    initialise(policy, new RandomStream(seed, "base"));
    return policy;
  }

  /** Whether a completion is over. */
  default boolean isOver(int[] tokens, int start, int length) {
    return length == maxLength() || (length > 0 && tokens[start + length - 1] == endToken());
  }
}
