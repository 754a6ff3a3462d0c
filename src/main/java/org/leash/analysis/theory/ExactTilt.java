package org.leash.analysis.theory;

import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The limit of training with a verifier for an unrestricted policy: the base distribution q tilted
 * by the reward R ∈ {0, 1} (proposition C.4),
 *
 * <pre>π(y) = q(y) e^(β R(y)) / Z,    Z = e^β q(C) + 1 − q(C)</pre>
 *
 * with C the correct completions. Among distributions with at least its expected reward, it is the
 * closest to q in KL(π ‖ q); it also maximises E[R] − KL(π ‖ q) / β. β is an <em>inverse</em>
 * temperature, the reciprocal of the KL coefficient of trainers. As Z ≤ e^β, no correct completion
 * loses probability for any β: shrinking support is a property of the training method, not of this
 * optimum.
 */
public final class ExactTilt {
  private final double[] base;
  private final boolean[] correct;
  private final double baseCorrect;
  private final double baseWrong;

  /**
   * A base distribution and a verifier. Copies the arrays.
   *
   * @param base q: at least one probability, all ≥ 0, with a sum of 1 to within 1e-9
   * @param correct whether the verifier accepts each completion
   */
  public ExactTilt(double[] base, boolean[] correct) {
    double sum = 0;
    for (double q : base) {
      if (!(q >= 0)) {
        throw new IllegalArgumentException("probability " + q + " in the base distribution");
      }
      sum += q;
    }
    if (base.length != correct.length || !(Math.abs(sum - 1) <= 1e-9)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d probabilities of sum %s for %d completions; needs one each, of sum 1",
              base.length,
              sum,
              correct.length));
    }
    this.base = base.clone();
    this.correct = correct.clone();
    this.baseCorrect = baseMass(true);
    this.baseWrong = baseMass(false);
  }

  private double baseMass(boolean of) {
    return IntStream.range(0, base.length)
        .filter(y -> correct[y] == of)
        .mapToDouble(y -> base[y])
        .sum();
  }

  /**
   * π at an inverse temperature.
   *
   * @param beta ≥ 0; +∞ gives the limit, q restricted to C (corollary C.5), or q itself if C has no
   *     mass
   */
  public double[] policy(double beta) {
    double mass = correctMass(beta);
    double[] policy = new double[base.length];
    for (int y = 0; y < base.length; y++) {
      double share = correct[y] ? mass / baseCorrect : (1 - mass) / baseWrong;
      policy[y] = base[y] == 0 ? 0 : base[y] * share;
    }
    return policy;
  }

  /** π(C) = e^β q(C) / Z. */
  public double correctMass(double beta) {
    if (!(beta >= 0)) {
      throw new IllegalArgumentException("beta = " + beta + ": must be >= 0");
    }
    // Divided by e^β to avoid overflow.
    return baseCorrect == 0 ? 0 : baseCorrect / (baseCorrect + baseWrong * Math.exp(-beta));
  }

  /**
   * Entropy of π in nats, in closed form: with p = π(C), h(p) + p H(q | C) + (1 − p) H(q | not C).
   * It may rise: H(π) = H(q) − KL(π ‖ q) does not hold in general.
   */
  public double entropy(double beta) {
    double mass = correctMass(beta);
    return -xLogX(mass)
        - xLogX(1 - mass)
        + mass * conditionalEntropy(true)
        + (1 - mass) * conditionalEntropy(false);
  }

  /**
   * The mass of C above which a further tilt lowers the entropy, sigmoid(H(q | C) − H(q | not C)).
   */
  public double entropyTurningMass() {
    return 1 / (1 + Math.exp(conditionalEntropy(false) - conditionalEntropy(true)));
  }

  /** pass@k of π, 1 − (1 − π(C))^k. */
  public double passAtK(double beta, int k) {
    return -Math.expm1(k * Math.log1p(-correctMass(beta)));
  }

  private double conditionalEntropy(boolean of) {
    double mass = of ? baseCorrect : baseWrong;
    double entropy = 0;
    for (int y = 0; y < base.length; y++) {
      if (correct[y] == of && base[y] > 0) {
        entropy -= xLogX(base[y] / mass);
      }
    }
    return entropy;
  }

  private static double xLogX(double x) {
    return x == 0 ? 0 : x * Math.log(x);
  }
}
