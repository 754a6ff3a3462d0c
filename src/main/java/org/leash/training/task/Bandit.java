package org.leash.training.task;

import java.util.Arrays;
import java.util.Collections;
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
public final class Bandit extends Task {
  private final int contexts;
  private final double[] base;
  private final boolean[][] correct;

  /** The correct modes, by prompt. */
  private final int[][] right;

  /**
   * A task whose prompts a policy can tell apart and that have the same correct modes. Takes
   * copies.
   *
   * @param base probabilities of the modes, greater than 0 with a sum of 1 to within 1e-9
   * @param correct which modes are right; at least one
   */
  public Bandit(String name, int prompts, double[] base, boolean[] correct) {
    this(
        name,
        prompts,
        base,
        Collections.nCopies(prompts, correct.clone()).toArray(boolean[][]::new));
  }

  /**
   * A task whose prompts differ in their correct modes.
   *
   * @param contexts how many prompts a policy can tell apart: all, or 1
   * @param correct which modes are right, by prompt
   */
  Bandit(String name, int contexts, double[] base, boolean[][] correct) {
    super(name, correct.length, base.length, 1, NO_END);
    if (!(Math.abs(DoubleStream.of(base).sum() - 1) <= 1e-9)
        || !DoubleStream.of(base).allMatch(q -> q > 0)
        || Arrays.stream(correct).anyMatch(modes -> modes.length != base.length)) {
      throw new IllegalArgumentException(
          "base of %s: take one probability > 0 for each mode, of sum 1".formatted(name));
    }
    this.contexts = contexts;
    this.base = base.clone();
    this.correct = correct;
    this.right =
        Arrays.stream(correct)
            .map(modes -> IntStream.range(0, modes.length).filter(mode -> modes[mode]).toArray())
            .toArray(int[][]::new);
  }

  @Override
  public Judgement judge(int prompt, int[] tokens, int start, int length) {
    boolean isRight = correct[prompt][tokens[start]];
    return new Judgement(true, isRight, isRight, Integer.toString(tokens[start]));
  }

  @Override
  public int[] referenceAnswer(int prompt) {
    return new int[] {right[prompt][0]};
  }

  @Override
  public int[] solution(int prompt, RandomStream random) {
    int[] modes = right[prompt];
    return modes.length == 1 ? modes : new int[] {modes[random.nextInt(modes.length)]};
  }

  @Override
  public BaseModel base(long seed) {
    return new BaseModel(
        new PrefixTree(contexts, vocab(), maxLength()),
        (prompt, tokens, length, logits) -> Arrays.setAll(logits, mode -> Math.log(base[mode])));
  }
}
