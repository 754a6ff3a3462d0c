package org.leash.training.task;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.leash.training.BaseModel;
import org.leash.training.PrefixTree;
import org.leash.training.RandomStream;

/**
 * One token is the whole completion: correct and wrong modes with the probabilities that the base
 * model gives them, the same for every prompt. The smallest task that shows what training does to
 * rare correct answers.
 */
public final class Bandit implements Task {
  private final String name;
  private final int prompts;
  private final double[] base;
  private final boolean[] correct;
  private final Verdict[] verdicts;
  private final int reference;

  /**
   * Takes copies.
   *
   * @param base probabilities of the modes, greater than 0 with a sum of 1 to within 1e-9
   * @param correct which modes are right; at least one
   */
  public Bandit(String name, int prompts, double[] base, boolean[] correct) {
    if (!(Math.abs(DoubleStream.of(base).sum() - 1) <= 1e-9)
        || !DoubleStream.of(base).allMatch(q -> q > 0)
        || base.length != correct.length) {
      throw new IllegalArgumentException(
          "base of %s: take one probability > 0 for each mode, of sum 1".formatted(name));
    }
    this.name = name;
    this.prompts = prompts;
    this.base = base.clone();
    this.correct = correct.clone();
    this.verdicts = new Verdict[base.length];
    for (int mode = 0; mode < base.length; mode++) {
      verdicts[mode] = new Verdict(true, correct[mode], correct[mode], Integer.toString(mode));
    }
    this.reference =
        IntStream.range(0, correct.length).filter(mode -> correct[mode]).findFirst().orElseThrow();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int prompts() {
    return prompts;
  }

  @Override
  public int vocab() {
    return base.length;
  }

  @Override
  public int maxLength() {
    return 1;
  }

  @Override
  public int endToken() {
    return NO_END;
  }

  @Override
  public Verdict judge(int prompt, int[] tokens, int start, int length) {
    return verdicts[tokens[start]];
  }

  @Override
  public int[] referenceAnswer(int prompt) {
    return new int[] {reference};
  }

  @Override
  public int[] solution(int prompt, RandomStream random) {
    int[] right = IntStream.range(0, correct.length).filter(mode -> correct[mode]).toArray();
    return new int[] {right[random.nextInt(right.length)]};
  }

  @Override
  public int answerStart(int length) {
    return 0;
  }

  @Override
  public BaseModel base(long seed) {
    return new BaseModel(
        new PrefixTree(prompts, vocab(), maxLength()),
        (prompt, tokens, length, logits) -> {
          for (int mode = 0; mode < base.length; mode++) {
            logits[mode] = Math.log(base[mode]);
          }
        });
  }
}
