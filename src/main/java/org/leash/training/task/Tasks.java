package org.leash.training.task;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.leash.training.RandomStream;

/** Tasks by name. */
public final class Tasks {
  private static final List<String> NAMES =
      List.of(
          "rare-modes",
          "equal-modes",
          "strategies",
          "wide:VOCAB:PROMPTS",
          "digits:PROMPTS:BASE:DIGITS",
          "sums:PROMPTS:MODULUS:TERMS",
          "traces:ANSWERS:LENGTH");

  private Tasks() {}

  /**
   * A task by its name:
   *
   * <ul>
   *   <li>{@code rare-modes}: one prompt with one token to answer; four correct modes above the
   *       threshold ε(256, 0.05) = 0.0117, one of them frequent, and three below it
   *   <li>{@code equal-modes}: five correct modes of the same probability and wrong ones
   *   <li>{@code strategies}: twenty prompts that a policy cannot tell apart, and one token: the
   *       strategy it takes. The usual strategy is right for sixteen of them; for each of the other
   *       four only a rare one is. Learning on one prompt changes all others, as in a model with
   *       shared weights: more of the usual strategy raises pass@1 at the cost of the four
   *   <li>{@code wide:VOCAB:PROMPTS}: one token out of many, every 64th of them right
   *   <li>{@code digits:PROMPTS:BASE:DIGITS}: digits of a given sum, many right answers a prompt
   *   <li>{@code sums:PROMPTS:MODULUS:TERMS}: running sums, a chain of thought that is checked
   *   <li>{@code traces:ANSWERS:LENGTH}: answers that many traces lead to, right ones by more than
   *       wrong ones
   * </ul>
   *
   * @throws IllegalArgumentException there is no such task; the message lists all
   */
  public static Task named(String name) {
    String[] parts = name.split(":", -1);
    for (int i = 1; i < parts.length; i++) {
      if (!Pattern.matches("[0-9]{1,9}", parts[i])) {
        throw unknown(name);
      }
    }
    int[] n = Arrays.stream(parts).skip(1).mapToInt(Integer::parseInt).toArray();
    return switch (parts[0] + ":" + n.length) {
      case "rare-modes:0" -> rareModes();
      case "equal-modes:0" -> equalModes();
      case "strategies:0" -> strategies();
      case "wide:2" -> wide(name, n[0], n[1]);
      case "digits:3" -> new DigitSums(n[0], n[1], n[2]);
      case "sums:3" -> new RunningSums(n[0], n[1], n[2]);
      case "traces:2" -> new Traces(n[0], n[1]);
      default -> throw unknown(name);
    };
  }

  /** The forms of the names; upper-case parts are numbers. */
  public static List<String> names() {
    return NAMES;
  }

  private static IllegalArgumentException unknown(String name) {
    return new IllegalArgumentException(
        "there is no task \"%s\"; take one of %s".formatted(name, String.join(", ", NAMES)));
  }

  private static Task rareModes() {
    double[] base = {0.30, 0.15, 0.033, 0.40, 0.04, 0.03, 0.03, 0.009, 0.005, 0.003};
    boolean[] correct = {false, false, false, true, true, true, true, true, true, true};
    return new Bandit("rare-modes", 1, base, correct);
  }

  private static Task equalModes() {
    double[] base = {0.25, 0.15, 0.10, 0.10, 0.10, 0.10, 0.10, 0.10};
    boolean[] correct = {false, false, false, true, true, true, true, true};
    return new Bandit("equal-modes", 1, base, correct);
  }

  /** Two strategies that are always wrong, the usual one, and four rare ones for a prompt each. */
  private static Task strategies() {
    double[] base = {0.30, 0.11, 0.45, 0.05, 0.04, 0.03, 0.02};
    boolean[][] correct = new boolean[20][base.length];
    for (int prompt = 0; prompt < correct.length; prompt++) {
      correct[prompt][Math.max(2, prompt - 13)] = true;
    }
    return new Bandit("strategies", 1, base, correct);
  }

  /** Log-probabilities with the spread of independent exponentials: a few tokens have the mass. */
  private static Task wide(String name, int vocab, int prompts) {
    if (vocab < 64 || prompts < 1) {
      throw new IllegalArgumentException(
          "task %s: take a vocabulary of at least 64 and at least 1 prompt".formatted(name));
    }
    RandomStream random = new RandomStream(vocab, "wide");
    double[] base = new double[vocab];
    boolean[] correct = new boolean[vocab];
    double sum = 0;
    for (int a = 0; a < vocab; a++) {
      base[a] = Math.pow(1 - random.nextDouble(), -0.75);
      sum += base[a];
      correct[a] = a % 64 == 0;
    }
    for (int a = 0; a < vocab; a++) {
      base[a] /= sum;
    }
    return new Bandit(name, prompts, base, correct);
  }
}
