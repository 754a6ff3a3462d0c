package org.leash.training.task;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.leash.training.NextToken;

/**
 * The answers of a policy to one prompt, by enumerating its completions at temperature 1: pass@k,
 * support and entropies without sampling error.
 *
 * @param correct probability of a right answer, π(C)
 * @param correctChain probability of a right answer by a right chain
 * @param wellFormed probability that there is an answer
 * @param tokenEntropy expectation of the mean over a completion's positions of the entropy of the
 *     next token, in nats (arXiv 2507.14843, section 5.1: the mean of means of sequences)
 * @param length expected tokens
 * @param answers probability of each answer and whether it is right; malformed completions have
 *     none
 */
public record ExactAnswers(
    double correct,
    double correctChain,
    double wellFormed,
    double tokenEntropy,
    double length,
    Map<String, Mass> answers) {

  /** Most completions of a task that are enumerated in an evaluation. */
  public static final long MOST_COMPLETIONS = 1 << 20;

  /** The probability of an answer. */
  public record Mass(double probability, boolean correct) {}

  /** Whether a task is small enough, all prompts together. */
  public static boolean canEnumerate(Task task) {
    return task.prompts() * Math.pow(task.vocab(), task.maxLength()) <= MOST_COMPLETIONS;
  }

  /** The answers to a prompt. */
  public static ExactAnswers of(NextToken policy, Task task, int prompt) {
    Walk walk = new Walk(policy, task, prompt);
    walk.visit(0, 1, 0);
    Map<String, Mass> answers = new LinkedHashMap<>();
    walk.mass.forEach(
        (answer, mass) -> answers.put(answer, new Mass(mass[0], walk.right.get(answer))));
    return new ExactAnswers(
        walk.correct, walk.correctChain, walk.wellFormed, walk.entropy, walk.length, answers);
  }

  /** Probability that at least one of k samples is right, 1 − (1 − π(C))^k. */
  public double passAtK(int k) {
    return correct >= 1 ? 1 : -Math.expm1(k * Math.log1p(-correct));
  }

  /** The same for right chains. */
  public double chainPassAtK(int k) {
    return correctChain >= 1 ? 1 : -Math.expm1(k * Math.log1p(-correctChain));
  }

  /** Entropy in nats of the answer, given that there is one; 0 where there is none. */
  public double answerEntropy() {
    double entropy = 0;
    for (Mass answer : answers.values()) {
      double share = answer.probability() / wellFormed;
      entropy -= share > 0 ? share * Math.log(share) : 0;
    }
    return entropy;
  }

  /** Right answers of a probability above epsilon. */
  public long support(double epsilon) {
    return answers.values().stream().filter(a -> a.correct() && a.probability() > epsilon).count();
  }

  private static final class Walk {
    private final NextToken policy;
    private final Task task;
    private final int prompt;
    private final int[] tokens;
    private final double[][] probabilities;
    private final Map<String, double[]> mass = new LinkedHashMap<>();
    private final Map<String, Boolean> right = new HashMap<>();
    private double correct;
    private double correctChain;
    private double wellFormed;
    private double entropy;
    private double length;

    Walk(NextToken policy, Task task, int prompt) {
      this.policy = policy;
      this.task = task;
      this.prompt = prompt;
      this.tokens = new int[task.maxLength()];
      this.probabilities = new double[task.maxLength()][task.vocab()];
    }

    /** All completions that continue the prefix, which has a probability and a sum of entropies. */
    void visit(int depth, double probability, double entropies) {
      double[] next = probabilities[depth];
      policy.probabilities(prompt, tokens, depth, next);
      double here = 0;
      for (double p : next) {
        here -= p > 0 ? p * Math.log(p) : 0;
      }
      for (int token = 0; token < next.length; token++) {
        tokens[depth] = token;
        double joint = probability * next[token];
        if (task.isOver(tokens, 0, depth + 1)) {
          end(depth + 1, joint, entropies + here);
        } else {
          visit(depth + 1, joint, entropies + here);
        }
      }
    }

    private void end(int count, double probability, double entropies) {
      entropy += probability * entropies / count;
      length += probability * count;
      Judgement verdict = task.judge(prompt, tokens, 0, count);
      if (verdict.wellFormed()) {
        wellFormed += probability;
        mass.computeIfAbsent(verdict.answer(), answer -> new double[1])[0] += probability;
        right.put(verdict.answer(), verdict.correct());
        correct += verdict.correct() ? probability : 0;
        correctChain += verdict.correctChain() ? probability : 0;
      }
    }
  }
}
