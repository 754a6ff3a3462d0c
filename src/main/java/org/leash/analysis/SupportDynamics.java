package org.leash.analysis;

/**
 * Changes of the support: a problem is in the support of a model if at least one of its k samples
 * is correct, and so in one of four regions (definitions 3.2 and 3.3).
 *
 * <p>The counts may be expectations, as {@link SupportSweep} gives them. The paper leaves the rates
 * undefined where their denominators are 0; here nothing to lose counts as nothing lost, and
 * nothing found as nothing discovered.
 *
 * @param preserved P: in the support of both
 * @param expanded E: of the tuned model alone
 * @param shrunk S: of the base model alone
 * @param outside O: of neither
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

  /** How many problems there are. */
  public double problems() {
    return preserved + expanded + shrunk + outside;
  }

  /** Support retention rate, P / (P + S), in [0, 1]; 1 where the base model solves nothing. */
  public double srr() {
    return ratio(preserved, preserved + shrunk, 1);
  }

  /** Net discovery rate, E / (P + E), in [0, 1]; 0 where the tuned model solves nothing. */
  public double ndr() {
    return ratio(expanded, preserved + expanded, 0);
  }

  /** Support dynamic score, the harmonic mean of the two, in [0, 1]; 0 where both are 0. */
  public double sds() {
    return ratio(2 * srr() * ndr(), srr() + ndr(), 0);
  }

  /**
   * Net support change rate, (E − S) / (P + E + S), in [−1, 1]; 0 where neither solves anything.
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
