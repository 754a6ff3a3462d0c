package org.leash.training.algorithm;

import org.leash.training.policy.TabularPolicy;
import org.leash.training.task.Task;

/**
 * Steps of a tabular policy by the exact gradient of its expected reward E[R], R ∈ {0, 1}, without
 * sampling. With d(c) the probability that a completion comes through context c, Q(c, a) that it is
 * then right after token a, and V(c) = Σ_a π(a | c) Q(c, a):
 *
 * <ul>
 *   <li>{@link Rule#GRADIENT}: θ(c, a) += η d(c) π(a | c) (Q(c, a) − V(c)), the policy gradient.
 *       Likely tokens grow faster, so that of two right answers the rarer loses.
 *   <li>{@link Rule#NATURAL}: θ(c, a) += η (Q(c, a) − V(c)), the gradient under the Fisher metric
 *       (Kakade, NIPS 2001). In a single context all right answers grow by one factor.
 *   <li>{@link Rule#MIRROR}: θ(c, a) += log Σ of π e^(η R) over the completions through (c, a) and
 *       relative to them: mirror descent over completions, after which π(y) is multiplied by e^(η
 *       R(y)) / Z. t steps are the exact tilt of arXiv 2507.14843, proposition C.4, at β = η t.
 * </ul>
 */
public final class ExactAscent {
  /** The update rule. */
  public enum Rule {
    /** The policy gradient. */
    GRADIENT,
    /** The natural policy gradient. */
    NATURAL,
    /** Mirror descent over completions. */
    MIRROR
  }

  private final TabularPolicy policy;
  private final Task task;
  private final Rule rule;
  private final int[] tokens;
  private final double[][] probabilities;
  private final double[][] values;

  /** Steps that change a policy. */
  public ExactAscent(TabularPolicy policy, Task task, Rule rule) {
    this.policy = policy;
    this.task = task;
    this.rule = rule;
    this.tokens = new int[task.maxLength()];
    this.probabilities = new double[task.maxLength()][task.vocab()];
    this.values = new double[task.maxLength()][task.vocab()];
  }

  /**
   * One step on every prompt.
   *
   * @param learningRate η
   */
  public void step(double learningRate) {
    for (int prompt = 0; prompt < task.prompts(); prompt++) {
      visit(prompt, 0, 1, learningRate);
    }
  }

  /** Updates the contexts below the prefix, then its own; returns its value before that. */
  private double visit(int prompt, int depth, double reached, double learningRate) {
    int offset = policy.offset(prompt, tokens, depth);
    double[] p = probabilities[depth];
    double[] value = values[depth];
    policy.probabilities(prompt, tokens, depth, p);
    double mean = 0;
    for (int a = 0; a < p.length; a++) {
      tokens[depth] = a;
      value[a] =
          task.isOver(tokens, 0, depth + 1)
              ? leaf(prompt, depth + 1, learningRate)
              : visit(prompt, depth + 1, reached * p[a], learningRate);
      mean += p[a] * value[a];
    }
    double[] weights = policy.weights();
    for (int a = 0; a < p.length; a++) {
      weights[offset + a] +=
          switch (rule) {
            case GRADIENT -> learningRate * reached * p[a] * (value[a] - mean);
            case NATURAL -> learningRate * (value[a] - mean);
            case MIRROR -> Math.log(value[a] / mean);
          };
    }
    return mean;
  }

  private double leaf(int prompt, int length, double learningRate) {
    double reward = task.judge(prompt, tokens, 0, length).correct() ? 1 : 0;
    return rule == Rule.MIRROR ? Math.exp(learningRate * reward) : reward;
  }
}
