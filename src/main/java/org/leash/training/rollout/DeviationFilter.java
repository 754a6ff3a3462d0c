package org.leash.training.rollout;

/**
 * RLPR's filter of prompts (arXiv 2506.18254, as its code has it): prompts whose rewards deviate
 * less than β times a moving average of the deviation teach nothing and are left out. The average
 * starts, after five steps, as the mean of theirs; from the sixth on it moves by 1 % a step; from
 * the eleventh on prompts are dropped.
 */
final class DeviationFilter {
  private static final double MOMENTUM = 0.99;
  private static final int RECORDED = 5;
  private static final int SILENT = 10;

  private final double beta;
  private double average;
  private int steps;

  /**
   * A filter that has seen nothing.
   *
   * @param beta at least 0; 0 keeps all
   */
  DeviationFilter(double beta) {
    this.beta = beta;
  }

  /** Which prompts to keep, after taking note of their deviations. */
  boolean[] keep(double[] deviations) {
    double mean = 0;
    for (double deviation : deviations) {
      mean += deviation / deviations.length;
    }
    steps++;
    average =
        steps <= RECORDED
            ? average + (mean - average) / steps
            : MOMENTUM * average + (1 - MOMENTUM) * mean;
    boolean[] keep = new boolean[deviations.length];
    for (int i = 0; i < keep.length; i++) {
      keep[i] = steps <= SILENT || deviations[i] >= beta * average;
    }
    return keep;
  }

  /** What it remembers: the average and the number of steps. */
  double[] state() {
    return new double[] {average, steps};
  }

  /** Takes up where {@link #state()} was read. */
  void restore(double[] state) {
    average = state[0];
    steps = (int) state[1];
  }
}
