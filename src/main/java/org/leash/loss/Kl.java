package org.leash.loss;

/**
 * Estimators of KL(policy ‖ reference) from a token sampled by the policy; d = logprob −
 * referenceLogprob. Schulman, Approximating KL Divergence (2020). As losses, with gradients through
 * logprob and frozen samples, they behave differently: the expected gradient of K1 is zero, that of
 * K3 is the gradient of KL(reference ‖ policy), and that of the others is the gradient of KL(policy
 * ‖ reference).
 */
public enum Kl {
  /** No KL term: 0. */
  NONE {
    @Override
    void evaluate(TokenLoss token, double d, double moves, Term out) {
      out.set(0.0, 0.0);
    }
  },
  /** d: unbiased, of high variance. */
  K1 {
    @Override
    void evaluate(TokenLoss token, double d, double moves, Term out) {
      out.set(d, moves);
    }
  },
  /** d² / 2: biased, of low variance. */
  K2 {
    @Override
    void evaluate(TokenLoss token, double d, double moves, Term out) {
      out.set(d * d / 2.0, d * moves);
    }
  },
  /** exp(−d) − 1 + d: unbiased and never negative. */
  K3 {
    @Override
    void evaluate(TokenLoss token, double d, double moves, Term out) {
      out.set(k3(d), k3Slope(d) * moves);
    }
  },
  /** ratio · d, with the gradient of both factors. */
  K1_CORRECTED {
    @Override
    void evaluate(TokenLoss token, double d, double moves, Term out) {
      out.set(token.ratio * d, token.ratioSlope * d + token.ratio * moves);
    }
  },
  /**
   * ratio · (exp(−d) − 1 + d), with the gradient of both factors: DeepSeek-V3.2, arXiv 2512.02556.
   */
  K3_CORRECTED {
    @Override
    void evaluate(TokenLoss token, double d, double moves, Term out) {
      out.set(token.ratio * k3(d), token.ratioSlope * k3(d) + token.ratio * (k3Slope(d) * moves));
    }
  },
  /** The value of K1 with the gradient of K2: verl's "k1+" (2025). */
  K1_STRAIGHT {
    @Override
    void evaluate(TokenLoss token, double d, double moves, Term out) {
      out.set(d, d * moves);
    }
  },
  /** The value of K3 with the gradient of K2: verl's "k3+" (2025). */
  K3_STRAIGHT {
    @Override
    void evaluate(TokenLoss token, double d, double moves, Term out) {
      out.set(k3(d), d * moves);
    }
  };

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
   */
  abstract void evaluate(TokenLoss token, double d, double moves, Term out);

  private static double k3(double d) {
    return Math.expm1(-d) + d;
  }

  private static double k3Slope(double d) {
    return -Math.expm1(-d);
  }
}
