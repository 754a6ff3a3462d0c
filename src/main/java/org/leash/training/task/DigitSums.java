package org.leash.training.task;

import java.util.Arrays;
import java.util.Locale;
import org.leash.training.BaseModel;
import org.leash.training.PrefixTree;
import org.leash.training.RandomStream;

/**
 * Write digits whose sum is the prompt's target, then the end token: many right answers a prompt,
 * of several lengths. The answer is the sequence of digits; a completion that is cut off has none.
 *
 * <p>Token d &lt; base is the digit d, token {@code base} the end. The targets are 1, 2, ...,
 * prompts. The base model's logits are independent standard normals.
 */
final class DigitSums extends Task {
  private final int base;
  private final int digits;

  /**
   * A task.
   *
   * @param prompts so that the largest target can be reached: at most (base − 1) · digits
   * @param base at least 2
   * @param digits the most digits of an answer, at least 1
   */
  DigitSums(int prompts, int base, int digits) {
    super(
        String.format(Locale.ROOT, "digits:%d:%d:%d", prompts, base, digits),
        prompts,
        base + 1,
        digits + 1,
        base);
    if (base < 2 || base > 10 || digits < 1 || prompts < 1 || prompts > (base - 1) * digits) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d prompts of at most %d digits below %d:"
                  + " take 2 <= base <= 10, prompts <= (base - 1) * digits",
              prompts,
              digits,
              base));
    }
    this.base = base;
    this.digits = digits;
  }

  @Override
  public Judgement judge(int prompt, int[] tokens, int start, int length) {
    if (length < 2 || tokens[start + length - 1] != base) {
      return Judgement.MALFORMED;
    }
    int sum = 0;
    StringBuilder answer = new StringBuilder(length);
    for (int i = start; i < start + length - 1; i++) {
      sum += tokens[i];
      answer.append((char) ('0' + tokens[i]));
    }
    boolean correct = sum == prompt + 1;
    return new Judgement(true, correct, correct, answer.toString());
  }

  @Override
  public int[] referenceAnswer(int prompt) {
    int[] answer = new int[digits + 1];
    int length = 0;
    for (int left = prompt + 1; left > 0; left -= answer[length++]) {
      answer[length] = Math.min(left, base - 1);
    }
    answer[length++] = base;
    return Arrays.copyOf(answer, length);
  }

  /** By drawing digits until their sum is right. */
  @Override
  public int[] solution(int prompt, RandomStream random) {
    int[] drawn = new int[digits + 1];
    while (true) {
      int left = prompt + 1;
      for (int length = 0; length < digits; ) {
        drawn[length] = random.nextInt(base);
        left -= drawn[length++];
        if (left == 0) {
          drawn[length++] = base;
          return Arrays.copyOf(drawn, length);
        }
      }
    }
  }

  @Override
  public BaseModel base(long seed) {
    PrefixTree contexts = new PrefixTree(prompts(), vocab(), maxLength());
    return new BaseModel(contexts, BaseModel.normal(contexts, seed));
  }
}
