package org.leash.training.task;

import java.util.Locale;
import org.leash.training.BaseModel;
import org.leash.training.NextToken;
import org.leash.training.PrefixTree;
import org.leash.training.RandomStream;

/**
 * Add up a prompt's terms modulo m, writing every partial sum: the last token is the answer, those
 * before it the chain of thought, and each is checked, so that CoT-pass@k (arXiv 2506.14245) is
 * measured and not judged by a model. A wrong chain can still end in the right answer.
 *
 * <p>The base model prefers, at each step, the partial sum that follows from the one it wrote
 * before, right or not: a right chain then makes a right answer likely.
 */
final class RunningSums extends Task {
  private static final double SKILL = 1.5;

  private final int modulus;
  private final int[][] terms;

  /**
   * A task.
   *
   * @param prompts at least 1
   * @param modulus at least 2
   * @param terms of a sum, at least 2: completions have one token fewer
   */
  RunningSums(int prompts, int modulus, int terms) {
    super(
        String.format(Locale.ROOT, "sums:%d:%d:%d", prompts, modulus, terms),
        prompts,
        modulus,
        terms - 1,
        NO_END);
    if (prompts < 1 || modulus < 2 || terms < 2) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d sums of %d terms modulo %d: take prompts >= 1, terms >= 2, modulus >= 2",
              prompts,
              terms,
              modulus));
    }
    this.modulus = modulus;
    this.terms = new int[prompts][terms];
    RandomStream random = new RandomStream(prompts, "terms");
    for (int[] sum : this.terms) {
      for (int i = 0; i < terms; i++) {
        sum[i] = random.nextInt(modulus);
      }
    }
  }

  @Override
  public Judgement judge(int prompt, int[] tokens, int start, int length) {
    int sum = terms[prompt][0];
    boolean chain = true;
    for (int i = 0; i < length; i++) {
      sum = (sum + terms[prompt][i + 1]) % modulus;
      chain &= tokens[start + i] == sum;
    }
    int answer = tokens[start + length - 1];
    return new Judgement(true, answer == sum, chain, Integer.toString(answer));
  }

  @Override
  public int[] referenceAnswer(int prompt) {
    int sum = 0;
    for (int term : terms[prompt]) {
      sum += term;
    }
    return new int[] {sum % modulus};
  }

  /** The only one. */
  @Override
  public int[] solution(int prompt, RandomStream random) {
    int[] sums = new int[maxLength()];
    int sum = terms[prompt][0];
    for (int i = 0; i < sums.length; i++) {
      sum = (sum + terms[prompt][i + 1]) % modulus;
      sums[i] = sum;
    }
    return sums;
  }

  @Override
  public int answerStart(int length) {
    return length - 1;
  }

  @Override
  public BaseModel base(long seed) {
    PrefixTree contexts = new PrefixTree(terms.length, modulus, maxLength());
    NextToken noise = BaseModel.normal(contexts, seed);
    return new BaseModel(
        contexts,
        (prompt, tokens, length, logits) -> {
          noise.logits(prompt, tokens, length, logits);
          for (int a = 0; a < modulus; a++) {
            logits[a] /= 2;
          }
          int sum = length == 0 ? terms[prompt][0] : tokens[length - 1];
          logits[(sum + terms[prompt][length + 1]) % modulus] += SKILL;
        });
  }
}
