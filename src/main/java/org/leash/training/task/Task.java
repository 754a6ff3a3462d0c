package org.leash.training.task;

import org.leash.training.BaseModel;
import org.leash.training.RandomStream;

/**
 * Prompts, a vocabulary for completions, and a verifier. Immutable and thread-safe.
 *
 * <p>A completion is at most {@link #maxLength()} tokens; it is over when it has that many or ends
 * in the {@link #endToken()}.
 */
public interface Task {
  /** No end token: all completions have {@link #maxLength()} tokens. */
  int NO_END = -1;

  /** The name for {@link Tasks#named}. */
  String name();

  /** The number of prompts; they are numbered from 0. */
  int prompts();

  /** The size of the vocabulary; tokens are numbered from 0. */
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

  /** A correct answer to a prompt, as the last tokens of a completion. */
  int[] referenceAnswer(int prompt);

  /**
   * A correct completion with a correct chain, drawn as if from another source: off-policy training
   * puts them into groups.
   */
  int[] solution(int prompt, RandomStream random);

  /**
   * The start of the answer in a completion; the tokens before it are its chain of thought.
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
