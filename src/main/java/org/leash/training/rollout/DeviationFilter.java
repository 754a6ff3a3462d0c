package org.leash.training.rollout;

/**
 * RLPR's filter of prompts (arXiv 2506.18254, as its code has it): prompts whose rewards deviate
 * less than β times a moving average of the deviation teach nothing and are dropped. The average is
 * the plain mean over the first five steps and then moves by 1 % a step; prompts are dropped from
 * the eleventh step on.
 */
final class DeviationFilter {
  private static final double MOMENTUM = 0.99;
  private static final int RECORDED = 5;
  private static final int SILENT = 10;

  private final double beta;
  private double average;
  private int steps;

  /**
   * A filter before its first step.
   *
   * @param beta at least 0; 0 keeps all
   */
  DeviationFilter(double beta) {
    this.beta = beta;
  }

  /** Updates the average; returns which prompts to keep. */
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

  /** Its state: the average and the number of steps. */
  double[] state() {
    return new double[] {average, steps};
  }

  /** Restores a {@link #state()}. */
  void restore(double[] state) {
    average = state[0];
    steps = (int) state[1];
  }
}
