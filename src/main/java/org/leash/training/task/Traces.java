package org.leash.training.task;

import java.util.Arrays;
import java.util.Locale;
import org.leash.training.BaseModel;
import org.leash.training.PrefixTree;
import org.leash.training.RandomStream;

/**
 * The first token is the answer, the rest a trace that does not change it. In the base model the
 * traces of the right answers are uniform over the vocabulary and those of wrong answers nearly
 * always the same: training that prefers right answers spreads tokens while it narrows answers, so
 * that token entropy rises while answer entropy falls (arXiv 2507.14843, section 5.1).
 *
 * <p>Answers 0 and 1 are right, with 0.3 and 0.02 of the base model's mass; wrong ones share the
 * rest.
 */
final class Traces extends Task {
  private static final double[] RIGHT = {0.3, 0.02};
  private static final double SAME = 6;

  private final int answers;
  private final int length;

  /**
   * A task.
   *
   * @param answers at least 3, as many as there are tokens
   * @param length of a completion, at least 2
   */
  Traces(int answers, int length) {
    super(String.format(Locale.ROOT, "traces:%d:%d", answers, length), 1, answers, length, NO_END);
    if (answers < 3 || length < 2) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d answers with traces up to length %d: take at least 3 and 2",
              answers,
              length));
    }
    this.answers = answers;
    this.length = length;
  }

  @Override
  public Judgement judge(int prompt, int[] tokens, int start, int length) {
    boolean correct = tokens[start] < RIGHT.length;
    return new Judgement(true, correct, correct, Integer.toString(tokens[start]));
  }

  @Override
  public int[] referenceAnswer(int prompt) {
    return new int[length];
  }

  @Override
  public int[] solution(int prompt, RandomStream random) {
    int[] trace = new int[length];
    trace[0] = random.nextInt(RIGHT.length);
    for (int i = 1; i < length; i++) {
      trace[i] = random.nextInt(answers);
    }
    return trace;
  }

  @Override
  public BaseModel base(long seed) {
    double wrong = (1 - Arrays.stream(RIGHT).sum()) / (answers - RIGHT.length);
    return new BaseModel(
        new PrefixTree(1, answers, length),
        (prompt, tokens, written, logits) -> {
          Arrays.fill(logits, 0);
          if (written == 0) {
            for (int answer = 0; answer < answers; answer++) {
              logits[answer] = Math.log(answer < RIGHT.length ? RIGHT[answer] : wrong);
            }
          } else if (tokens[0] >= RIGHT.length) {
            logits[0] = SAME;
          }
        });
  }
}
