package org.leash.training.task;

import org.leash.training.BaseModel;
import org.leash.training.RandomStream;

/**
 * Prompts, a vocabulary for completions, and a verifier. Immutable and thread-safe.
 *
 * <p>A completion is at most {@link #maxLength()} tokens; it is over when it has that many or ends
 * in the {@link #endToken()}.
 */
public abstract class Task {
  /** No end token: all completions have {@link #maxLength()} tokens. */
  public static final int NO_END = -1;

  private final String name;
  private final int prompts;
  private final int vocab;
  private final int maxLength;
  private final int endToken;

  /**
   * A task.
   *
   * @param name for {@link Tasks#named}
   * @param prompts their number; they are numbered from 0
   * @param vocab size of the vocabulary; tokens are numbered from 0
   * @param maxLength the most tokens of a completion, the end token among them
   * @param endToken ends a completion, or {@link #NO_END}
   */
  protected Task(String name, int prompts, int vocab, int maxLength, int endToken) {
    this.name = name;
    this.prompts = prompts;
    this.vocab = vocab;
    this.maxLength = maxLength;
    this.endToken = endToken;
  }

  public final String name() {
    return name;
  }

  public final int prompts() {
    return prompts;
  }

  public final int vocab() {
    return vocab;
  }

  public final int maxLength() {
    return maxLength;
  }

  public final int endToken() {
    return endToken;
  }

  /**
   * The verdict on a completion that is over.
   *
   * @param tokens holds the completion from start to start + length
   */
  public abstract Judgement judge(int prompt, int[] tokens, int start, int length);

  /** A correct answer to a prompt, as the last tokens of a completion. */
  public abstract int[] referenceAnswer(int prompt);

  /**
   * A correct completion with a correct chain, drawn as if from another source: off-policy training
   * puts them into groups.
   */
  public abstract int[] solution(int prompt, RandomStream random);

  /**
   * The model before training, with completions of this task's vocabulary and lengths.
   *
   * @param seed of its random parts, if it has any
   */
  public abstract BaseModel base(long seed);

  /**
   * The start of the answer in a completion; the tokens before it are its chain of thought.
   *
   * @return in [0, length]; 0 in tasks without chains
   */
  public int answerStart(int length) {
    return 0;
  }

  /** Whether a completion is over. */
  public final boolean isOver(int[] tokens, int start, int length) {
    return length == maxLength || (length > 0 && tokens[start + length - 1] == endToken);
  }
}
