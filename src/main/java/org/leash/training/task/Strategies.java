package org.leash.training.task;

import org.leash.training.BaseModel;
import org.leash.training.PrefixTree;
import org.leash.training.RandomStream;

/**
 * Twenty prompts that the policy cannot tell apart, and one token: the strategy it takes. The usual
 * strategy is right for sixteen of them; for each of the other four only a rare one is. Learning on
 * one prompt changes all others, as in a model with shared weights: more of the usual strategy
 * raises pass@1 at the cost of the four.
 */
final class Strategies implements Task {
  private static final int PROMPTS = 20;
  private static final int USUAL = 16;

  /** Two strategies that are always wrong, the usual one, four rare ones for a prompt each. */
  private static final double[] BASE = {0.30, 0.11, 0.45, 0.05, 0.04, 0.03, 0.02};

  private static final int FIRST_RARE = 3;

  @Override
  public String name() {
    return "strategies";
  }

  @Override
  public int prompts() {
    return PROMPTS;
  }

  @Override
  public int vocab() {
    return BASE.length;
  }

  @Override
  public int maxLength() {
    return 1;
  }

  @Override
  public int endToken() {
    return NO_END;
  }

  private static int right(int prompt) {
    return prompt < USUAL ? FIRST_RARE - 1 : FIRST_RARE + prompt - USUAL;
  }

  @Override
  public Verdict judge(int prompt, int[] tokens, int start, int length) {
    boolean correct = tokens[start] == right(prompt);
    return new Verdict(true, correct, correct, Integer.toString(tokens[start]));
  }

  @Override
  public int[] referenceAnswer(int prompt) {
    return new int[] {right(prompt)};
  }

  @Override
  public int[] solution(int prompt, RandomStream random) {
    return referenceAnswer(prompt);
  }

  @Override
  public int answerStart(int length) {
    return 0;
  }

  @Override
  public BaseModel base(long seed) {
    return new BaseModel(
        new PrefixTree(1, vocab(), maxLength()),
        (prompt, tokens, length, logits) -> {
          for (int strategy = 0; strategy < BASE.length; strategy++) {
            logits[strategy] = Math.log(BASE[strategy]);
          }
        });
  }
}
