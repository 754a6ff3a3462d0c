package org.leash.loss;

import java.util.function.DoubleUnaryOperator;

/**
 * Estimators of KL(policy ‖ reference) from a token sampled by the policy; d = logprob −
 * referenceLogprob. Schulman, Approximating KL Divergence (2020). As losses, with gradients through
 * logprob and frozen samples, they behave differently: the expected gradient of K1 is zero, that of
 * K3 is the gradient of KL(reference ‖ policy), that of ABS is none of these, and that of the
 * others is the gradient of KL(policy ‖ reference). {@link PolicyLoss#klBound} clamps an estimate
 * before it is corrected.
 */
public enum Kl {
  /** No KL term: 0. */
  NONE(d -> 0.0, d -> 0.0, Form.PLAIN),
  /** d: unbiased, of high variance. */
  K1(d -> d, d -> 1.0, Form.PLAIN),
  /** d² / 2: biased, of low variance. */
  K2(d -> d * d / 2.0, d -> d, Form.PLAIN),
  /** exp(−d) − 1 + d: unbiased and never negative. */
  K3(Kl::k3, Kl::k3Slope, Form.PLAIN),
  /** ratio · d, with the gradient of both factors. */
  K1_CORRECTED(d -> d, d -> 1.0, Form.CORRECTED),
  /**
   * ratio · (exp(−d) − 1 + d), with the gradient of both factors: DeepSeek-V3.2, arXiv 2512.02556.
   */
  K3_CORRECTED(Kl::k3, Kl::k3Slope, Form.CORRECTED),
  /** The value of K1 with the gradient of K2: verl's "k1+" (2025). */
  K1_STRAIGHT(d -> d, d -> d, Form.STRAIGHT),
  /** The value of K3 with the gradient of K2: with a bound of 10, verl's "k3+" (2025). */
  K3_STRAIGHT(Kl::k3, d -> d, Form.STRAIGHT),
  /** |d|: verl's "abs" (2024). */
  ABS(Math::abs, Math::signum, Form.PLAIN);

  private enum Form {
    PLAIN,
    /** Multiplied by the ratio. */
    CORRECTED,
    /** With the gradient of K2. */
    STRAIGHT
  }

  private final DoubleUnaryOperator value;
  private final DoubleUnaryOperator slope;
  private final Form form;

  Kl(DoubleUnaryOperator value, DoubleUnaryOperator slope, Form form) {
    this.value = value;
    this.slope = slope;
    this.form = form;
  }

  /** The estimate from one token sampled by the policy; differences are clamped. */
  public double estimate(double logprob, double referenceLogprob) {
    return new TokenLoss()
        .of(logprob, 0.0)
        .referenceLogprob(referenceLogprob)
        .evaluate(PolicyLoss.reinforce().withKl(this, 1.0))
        .kl();
  }

  /**
   * Sets the estimate and its derivative with respect to logprob.
   *
   * @param d clamped
   * @param moves derivative of d with respect to logprob: 1, or 0 if d was clamped
   * @param bound of the estimate, greater than 0
   */
  void evaluate(TokenLoss token, double d, double moves, double bound, Term out) {
    double estimate = value.applyAsDouble(d);
    double change = slope.applyAsDouble(d) * moves;
    if (Math.abs(estimate) > bound) {
      estimate = Math.copySign(bound, estimate);
      change = form == Form.STRAIGHT ? change : 0.0;
    }
    if (form == Form.CORRECTED) {
      out.set(token.ratio * estimate, token.ratioSlope * estimate + token.ratio * change);
    } else {
      out.set(estimate, change);
    }
  }

  private static double k3(double d) {
    return Math.expm1(-d) + d;
  }

  private static double k3Slope(double d) {
    return -Math.expm1(-d);
  }
}
