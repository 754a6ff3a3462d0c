package org.leash.analysis;

/**
 * The detection threshold ε of a sampling budget: with confidence 1 − ζ, an answer absent from k
 * independent samples has a probability of at most ε(k, ζ) (section C.4).
 */
public final class Detectability {
  private Detectability() {}

  /** 1 − ζ^(1/k), exactly. */
  public static double epsilon(int k, double zeta) {
    check(k, zeta);
    return -Math.expm1(Math.log(zeta) / k);
  }

  /** −log ζ / k, the paper's upper bound: less than 1 % above the exact value from k = 256 on. */
  public static double epsilonBound(int k, double zeta) {
    check(k, zeta);
    return -Math.log(zeta) / k;
  }

  private static void check(int k, double zeta) {
    if (k < 1 || !(zeta > 0 && zeta < 1)) {
      throw new IllegalArgumentException(
          "k = " + k + ", zeta = " + zeta + ": needs k >= 1 and zeta in (0, 1)");
    }
  }
}
