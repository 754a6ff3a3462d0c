package org.leash.benchmarks.input;

/**
 * The judgement of one output.
 *
 * @param output its name
 * @param rows that were compared
 * @param maxAbsError largest absolute error; NaN where the output is NaN
 * @param maxRelError largest error relative to max(1, |reference|), for matrices to the largest
 *     |reference| of the row
 * @param meanSignedError mean error, its sign kept: a bias shows here before it shows anywhere else
 * @param tolerance the bound that the largest relative error is held against, half-precision
 *     rounding apart
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

  /** One line: what was wrong, or how close it came. */
  public String summary() {
    return "%s: largest error %.2e, tolerance %.0e, over %d rows"
        .formatted(output, maxRelError, tolerance, rows);
  }
}
