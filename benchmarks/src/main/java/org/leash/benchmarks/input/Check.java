package org.leash.benchmarks.input;

import java.util.Locale;

/**
 * Result of checking one output.
 *
 * @param output name
 * @param rows number of rows compared
 * @param maxAbsError largest absolute error; NaN where the output is NaN
 * @param maxRelError largest error relative to max(1, |reference|), for matrices to the largest
 *     |reference| of the row
 * @param meanSignedError mean error with its sign, which shows a bias first
 * @param tolerance bound of the largest relative error, without half-precision rounding
 * @param passed whether every value lies within its tolerance
 */
public record Check(
    String output,
    int rows,
    double maxAbsError,
    double maxRelError,
    double meanSignedError,
    double tolerance,
    boolean passed) {

  /** Summary in one line. */
  public String summary() {
    return String.format(
        Locale.ROOT,
        "%s: largest error %.2e, tolerance %.0e, over %d rows",
        output,
        maxRelError,
        tolerance,
        rows);
  }
}
