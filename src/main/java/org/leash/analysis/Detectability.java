package org.leash.analysis;

/**
 * The threshold ε that a sampling budget implies: an answer that none of k independent samples gave
 * has, with confidence 1 − ζ, a probability of at most ε(k, ζ) (section C.4).
 */
public final class Detectability {
  private Detectability() {}

  /** 1 − ζ^(1/k), exactly. */
  public static double epsilon(int k, double zeta) {
    check(k, zeta);
    return -Math.expm1(Math.log(zeta) / k);
  }

  /** −log ζ / k, the paper's form: above the exact one by less than 1 % from k = 256 on. */
  public static double epsilonBound(int k, double zeta) {
    check(k, zeta);
    return -Math.log(zeta) / k;
  }

  private static void check(int k, double zeta) {
    if (k < 1 || !(zeta > 0 && zeta < 1)) {
      throw new IllegalArgumentException(
          "k = " + k + ", zeta = " + zeta + ": take k >= 1 and zeta in (0, 1)");
    }
  }
}
