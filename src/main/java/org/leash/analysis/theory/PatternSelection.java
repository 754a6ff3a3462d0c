package org.leash.analysis.theory;

import java.util.Arrays;
import java.util.Locale;

/**
 * Training as selection among reasoning patterns: question → pattern → answer, where each pattern r
 * has a fixed probability of a correct answer. arXiv 2506.04695. The policy is a softmax with one
 * parameter per pattern; training is the gradient flow of its accuracy.
 */
public final class PatternSelection {
  private static final double STEP = 0.05;
  private static final double LONGEST_STEP = 0.02;

  private final double[] success;
  private final int best;

  /**
   * A set of patterns. Copies the array.
   *
   * @param success the probability of a correct answer for each pattern
   */
  public PatternSelection(double... success) {
    int largest = 0;
    for (int r = 0; r < success.length; r++) {
      if (!(success[r] >= 0 && success[r] <= 1)) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "success %s of pattern %d", success[r], r));
      }
      largest = success[r] > success[largest] ? r : largest;
    }
    if (success.length == 0) {
      throw new IllegalArgumentException("there are no patterns to choose from");
    }
    this.success = success.clone();
    this.best = largest;
  }

  /** The initial phase of training (theorems 5.3 and 5.4). */
  public enum Regime {
    /** Only the best pattern beats the policy, so that its share grows monotonically. */
    DIRECT,
    /** Another pattern also beats the policy, and may crowd out the best one for a long time. */
    ENTANGLED
  }

  /** Σ π(r) success(r). */
  public double accuracy(double[] policy) {
    check(policy);
    double sum = 0;
    for (int r = 0; r < success.length; r++) {
      sum += policy[r] * success[r];
    }
    return sum;
  }

  /** The regime of a policy. */
  public Regime regime(double[] policy) {
    double accuracy = accuracy(policy);
    for (int r = 0; r < success.length; r++) {
      if (r != best && success[r] >= accuracy) {
        return Regime.ENTANGLED;
      }
    }
    return Regime.DIRECT;
  }

  /**
   * The optimum with a KL coefficient, π(r) exp(success(r) / coefficient) / Z (proposition 5.2).
   */
  public double[] optimum(double[] reference, double coefficient) {
    check(reference);
    double[] tilted = new double[success.length];
    for (int r = 0; r < tilted.length; r++) {
      tilted[r] = reference[r] * Math.exp((success[r] - success[best]) / coefficient);
    }
    double z = Arrays.stream(tilted).sum();
    return Arrays.stream(tilted).map(value -> value / z).toArray();
  }

  /**
   * The policy after gradient flow dθ_r/dt = π(r) (success(r) − accuracy) for a given time, by the
   * classical Runge–Kutta method.
   */
  public double[] after(double[] policy, double time) {
    check(policy);
    double[] logits = Arrays.stream(policy).map(Math::log).toArray();
    int steps = (int) Math.ceil(time / STEP);
    for (int i = 0; i < steps; i++) {
      logits = step(logits, time / steps);
    }
    return softmax(logits);
  }

  /**
   * The time at which the flow gives the best pattern a share.
   *
   * @param share the share, below 1
   * @param longest the time at which to give up
   * @return +∞ if the time exceeds the longest
   */
  public double timeTo(double[] policy, double share, double longest) {
    check(policy);
    double[] logits = Arrays.stream(policy).map(Math::log).toArray();
    double time = 0;
    while (softmax(logits)[best] < share) {
      if (time > longest) {
        return Double.POSITIVE_INFINITY;
      }
      // The flow slows down, so that longer steps lose no accuracy.
      double step = Math.max(STEP, LONGEST_STEP * time);
      logits = step(logits, step);
      time += step;
    }
    return time;
  }

  private double[] step(double[] logits, double h) {
    double[] k1 = slope(logits);
    double[] k2 = slope(moved(logits, k1, h / 2));
    double[] k3 = slope(moved(logits, k2, h / 2));
    double[] k4 = slope(moved(logits, k3, h));
    double[] next = logits.clone();
    for (int r = 0; r < next.length; r++) {
      next[r] += h / 6 * (k1[r] + 2 * k2[r] + 2 * k3[r] + k4[r]);
    }
    return next;
  }

  private double[] slope(double[] logits) {
    double[] policy = softmax(logits);
    double accuracy = 0;
    for (int r = 0; r < policy.length; r++) {
      accuracy += policy[r] * success[r];
    }
    for (int r = 0; r < policy.length; r++) {
      policy[r] *= success[r] - accuracy;
    }
    return policy;
  }

  private static double[] moved(double[] from, double[] slope, double by) {
    double[] moved = from.clone();
    for (int r = 0; r < moved.length; r++) {
      moved[r] += by * slope[r];
    }
    return moved;
  }

  private static double[] softmax(double[] logits) {
    double largest = Arrays.stream(logits).max().orElseThrow();
    double[] policy = Arrays.stream(logits).map(x -> Math.exp(x - largest)).toArray();
    double sum = Arrays.stream(policy).sum();
    return Arrays.stream(policy).map(x -> x / sum).toArray();
  }

  private void check(double[] policy) {
    double sum = Arrays.stream(policy).sum();
    if (policy.length != success.length || !(Math.abs(sum - 1) <= 1e-9)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d shares of sum %s for %d patterns; needs one each, of sum 1",
              policy.length,
              sum,
              success.length));
    }
  }
}
