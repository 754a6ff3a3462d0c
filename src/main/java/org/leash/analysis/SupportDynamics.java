package org.leash.analysis;

/**
 * Changes of the support. A problem is in the support of a model if at least one of its k samples
 * is correct; two models thus divide the problems into four regions (definitions 3.2 and 3.3).
 *
 * <p>The counts may be expectations, as from {@link SupportSweep}. The paper leaves the rates
 * undefined if their denominators are 0; here retention is then 1, and discovery 0.
 *
 * @param preserved P: problems in the support of both models
 * @param expanded E: problems in the support of only the tuned model
 * @param shrunk S: problems in the support of only the base model
 * @param outside O: problems in the support of neither model
 */
public record SupportDynamics(double preserved, double expanded, double shrunk, double outside) {
  /** Checks that no count is negative. */
  public SupportDynamics {
    if (!(preserved >= 0 && expanded >= 0 && shrunk >= 0 && outside >= 0)) {
      throw new IllegalArgumentException(
          "counts P = %s, E = %s, S = %s, O = %s: none may be negative"
              .formatted(preserved, expanded, shrunk, outside));
    }
  }

  /** The number of problems. */
  public double problems() {
    return preserved + expanded + shrunk + outside;
  }

  /** Support retention rate, P / (P + S), in [0, 1]; 1 if the base model solves nothing. */
  public double srr() {
    return ratio(preserved, preserved + shrunk, 1);
  }

  /** Net discovery rate, E / (P + E), in [0, 1]; 0 if the tuned model solves nothing. */
  public double ndr() {
    return ratio(expanded, preserved + expanded, 0);
  }

  /** Support dynamic score, the harmonic mean of SRR and NDR, in [0, 1]; 0 if both are 0. */
  public double sds() {
    return ratio(2 * srr() * ndr(), srr() + ndr(), 0);
  }

  /**
   * Net support change rate, (E − S) / (P + E + S), in [−1, 1]; 0 if neither model solves anything.
   */
  public double nscr() {
    return ratio(expanded - shrunk, preserved + expanded + shrunk, 0);
  }

  /** The base model's pass@k, (P + S) / problems; NaN without problems. */
  public double basePass() {
    return ratio(preserved + shrunk, problems(), Double.NaN);
  }

  /** The tuned model's pass@k, (P + E) / problems; NaN without problems. */
  public double tunedPass() {
    return ratio(preserved + expanded, problems(), Double.NaN);
  }

  private static double ratio(double numerator, double denominator, double otherwise) {
    return denominator == 0 ? otherwise : numerator / denominator;
  }
}
