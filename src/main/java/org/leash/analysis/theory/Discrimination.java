package org.leash.analysis.theory;

import java.util.Locale;

/**
 * The optimal discriminator between two distributions and its value: Goodfellow et al., arXiv
 * 1406.2661, propositions 1 and 2, the basis of adversarial methods with a closed-form
 * discriminator (such as arXiv 2205.13444).
 */
public final class Discrimination {
  private Discrimination() {}

  /**
   * The optimal discriminator, D*(x) = p(x) / (p(x) + q(x)); 1/2 where neither has mass.
   *
   * @param p probabilities
   * @param q probabilities of the same outcomes
   */
  public static double[] optimal(double[] p, double[] q) {
    check(p, q);
    double[] best = new double[p.length];
    for (int x = 0; x < best.length; x++) {
      best[x] = p[x] + q[x] == 0 ? 0.5 : p[x] / (p[x] + q[x]);
    }
    return best;
  }

  /** The game's value for a discriminator, Σ p log D + Σ q log (1 − D). */
  public static double value(double[] p, double[] q, double[] discriminator) {
    check(p, q);
    double sum = 0;
    for (int x = 0; x < p.length; x++) {
      sum += p[x] == 0 ? 0 : p[x] * Math.log(discriminator[x]);
      sum += q[x] == 0 ? 0 : q[x] * Math.log1p(-discriminator[x]);
    }
    return sum;
  }

  /** Jensen–Shannon divergence in nats; the value of the optimal discriminator is 2 JSD − log 4. */
  public static double jensenShannon(double[] p, double[] q) {
    check(p, q);
    double sum = 0;
    for (int x = 0; x < p.length; x++) {
      double middle = (p[x] + q[x]) / 2;
      sum += p[x] == 0 ? 0 : p[x] * Math.log(p[x] / middle) / 2;
      sum += q[x] == 0 ? 0 : q[x] * Math.log(q[x] / middle) / 2;
    }
    return sum;
  }

  private static void check(double[] p, double[] q) {
    if (p.length != q.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d and %d probabilities; the numbers must be equal",
              p.length,
              q.length));
    }
  }
}
