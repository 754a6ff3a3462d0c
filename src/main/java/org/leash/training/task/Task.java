package org.leash.training.task;

import org.leash.training.BaseModel;
import org.leash.training.RandomStream;

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

  /**
   * The model before training, with completions of this task's vocabulary and lengths.
   *
   * @param seed of its random parts, if it has any
   */
  BaseModel base(long seed);

  /** Whether a completion is over. */
  default boolean isOver(int[] tokens, int start, int length) {
    return length == maxLength() || (length > 0 && tokens[start + length - 1] == endToken());
  }
}
