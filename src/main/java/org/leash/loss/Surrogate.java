package org.leash.loss;

import static org.leash.loss.PolicyLoss.CLIPPED_DUAL;
import static org.leash.loss.PolicyLoss.CLIPPED_HIGH;
import static org.leash.loss.PolicyLoss.CLIPPED_LOW;

/**
 * The surrogate objective of a token: value, derivative and clip flags as functions of its ratio
 * and advantage A; p = exp(logprob), pOld = exp(oldLogprob).
 *
 * <p>A new surrogate is a constant here, a case in {@code native/math/policy_loss.h}, and a case in
 * {@code org.leash.reference.PolicyReference}, which needs only its value.
 */
public enum Surrogate {
  /**
   * −min(ratio · A, clip(ratio, 1 − clipLow, 1 + clipHigh) · A), and if A &lt; 0 at most −dualClip
   * · A. Schulman et al., arXiv 1707.06347, equation 7; separate bounds: DAPO, arXiv 2503.14476,
   * equation 8; dual clip: Ye et al., arXiv 1912.09729.
   */
  PPO_CLIP {
    @Override
    void evaluate(PolicyLoss policy, TokenLoss token, Term out) {
      double advantage = token.advantage;
      double ratio = token.ratio;
      double low = 1.0 - policy.clipLow();
      double high = 1.0 + policy.clipHigh();
      double value = -Math.min(ratio * advantage, Math.clamp(ratio, low, high) * advantage);
      int clips =
          (advantage < 0.0 && ratio < low ? CLIPPED_LOW : 0)
              | (advantage > 0.0 && ratio > high ? CLIPPED_HIGH : 0)
              | (advantage < 0.0 && ratio > policy.dualClip() ? CLIPPED_DUAL : 0);
      out.set(
          advantage < 0.0 ? Math.min(value, -policy.dualClip() * advantage) : value,
          clips == 0 ? -advantage * token.ratioSlope : 0.0,
          clips);
    }
  },

  /** −A · logprob. Williams, Machine Learning 8 (1992). */
  REINFORCE {
    @Override
    void evaluate(PolicyLoss policy, TokenLoss token, Term out) {
      out.set(-token.advantage * finite(token.logprob), -token.advantage);
    }
  },

  /**
   * −c · A · logprob with c = clip(ratio, 1 − clipLow, 1 + clipHigh), a constant for the gradient:
   * weights are bounded, but every token has a gradient. MiniMax-M1, arXiv 2506.13585.
   */
  CISPO {
    @Override
    void evaluate(PolicyLoss policy, TokenLoss token, Term out) {
      double low = 1.0 - policy.clipLow();
      double high = 1.0 + policy.clipHigh();
      double constant = Math.clamp(token.ratio, low, high);
      out.set(
          -constant * token.advantage * finite(token.logprob),
          -constant * token.advantage,
          (token.ratio < low ? CLIPPED_LOW : 0) | (token.ratio > high ? CLIPPED_HIGH : 0));
    }
  },

  /**
   * −A · (4 / τ) · sigmoid(τ (ratio − 1)) with τ = shapePositive if A &gt; 0, else shapeNegative: a
   * soft gate of slope 1 at ratio 1. SAPO, arXiv 2511.20347.
   */
  SAPO {
    @Override
    void evaluate(PolicyLoss policy, TokenLoss token, Term out) {
      double advantage = token.advantage;
      double tau = advantage > 0.0 ? policy.shapePositive() : policy.shapeNegative();
      double x = tau * (token.ratio - 1.0);
      out.set(
          -advantage * 4.0 / tau * sigmoid(x),
          -advantage * 4.0 * sigmoid(x) * sigmoid(-x) * token.ratioSlope);
    }
  },

  /**
   * −ratio · A, but 0 if A &gt; 0 and p − pOld &gt; clipHigh, or A &lt; 0 and pOld − p &gt;
   * clipLow: the mask of prime-rl's default loss (2026).
   */
  PROBABILITY_MASK {
    @Override
    void evaluate(PolicyLoss policy, TokenLoss token, Term out) {
      mask(policy, token, token.advantage > 0.0, token.advantage < 0.0, out);
    }
  },

  /** The same mask for either sign of A: prime-rl's IPO loss (2026). */
  PROBABILITY_MASK_TWO_SIDED {
    @Override
    void evaluate(PolicyLoss policy, TokenLoss token, Term out) {
      mask(policy, token, true, true, out);
    }
  },

  /**
   * −c · A · logprob with c = min(ratio, dualClip), a constant for the gradient, but 0 where
   * PROBABILITY_MASK is: Qi et al., arXiv 2602.04879 (2026); verl's dppo_tv.
   */
  PROBABILITY_MASK_SCORE {
    @Override
    void evaluate(PolicyLoss policy, TokenLoss token, Term out) {
      mask(policy, token, token.advantage > 0.0, token.advantage < 0.0, out);
      if (out.flags == 0) {
        boundedScore(policy, token, out);
      }
    }
  },

  /**
   * The same, but 0 if A &gt; 0, p &gt; pOld and D &gt; clipHigh, or A &lt; 0, p &lt; pOld and D
   * &gt; clipLow; D = pOld · log(pOld / p) + (1 − pOld) · log((1 − pOld) / (1 − p)). Qi et al.,
   * arXiv 2602.04879 (2026); verl's dppo_kl.
   */
  DIVERGENCE_MASK_SCORE {
    @Override
    void evaluate(PolicyLoss policy, TokenLoss token, Term out) {
      double p = Math.exp(token.logprob);
      double old = Math.exp(token.oldLogprob);
      double ofToken = old * LogRatio.finite(token.oldLogprob, token.logprob);
      double ofOthers = old < 1.0 ? (1.0 - old) * (Math.log1p(-old) - Math.log1p(-p)) : 0.0;
      double divergence = ofToken + ofOthers;
      if (token.advantage > 0.0 && p > old && divergence > policy.clipHigh()) {
        out.set(0.0, 0.0, CLIPPED_HIGH);
      } else if (token.advantage < 0.0 && p < old && divergence > policy.clipLow()) {
        out.set(0.0, 0.0, CLIPPED_LOW);
      } else {
        boundedScore(policy, token, out);
      }
    }
  },

  /**
   * −A · logprob if A &gt; 0, else −c · A · logprob with c = min(ratio, dualClip), a constant for
   * the gradient: good tokens are imitated however unlikely they have become, bad ones matter the
   * less. Le Roux et al., arXiv 2503.14286 (2025), with the sign of A for that of the reward.
   */
  TOPR {
    @Override
    void evaluate(PolicyLoss policy, TokenLoss token, Term out) {
      if (token.advantage > 0.0) {
        REINFORCE.evaluate(policy, token, out);
      } else {
        boundedScore(policy, token, out);
      }
    }
  },

  /**
   * {@link #CISPO}, but 0 if A &gt; 0 and ratio &gt; 1 + clipHigh, or A &lt; 0 and ratio &lt; 1 −
   * clipLow: the unified form of MiniMax-M1, arXiv 2506.13585.
   */
  CISPO_MASKED {
    @Override
    void evaluate(PolicyLoss policy, TokenLoss token, Term out) {
      CISPO.evaluate(policy, token, out);
      double advantage = token.advantage;
      if ((advantage > 0.0 && token.ratio > 1.0 + policy.clipHigh())
          || (advantage < 0.0 && token.ratio < 1.0 - policy.clipLow())) {
        out.set(0.0, 0.0, out.flags);
      }
    }
  },

  /**
   * −A · p / (p + shapePositive), for tokens chosen by another policy, whose probability is taken
   * as 1. LUFFY, arXiv 2504.14945, "policy shaping".
   */
  SHAPED {
    @Override
    void evaluate(PolicyLoss policy, TokenLoss token, Term out) {
      double p = Math.exp(token.logprob);
      double gamma = policy.shapePositive();
      out.set(
          -token.advantage * p / (p + gamma),
          -token.advantage * p * gamma / Math.pow(p + gamma, 2.0));
    }
  };

  /** Sets the value, its derivative with respect to logprob, and the clip flags. */
  abstract void evaluate(PolicyLoss policy, TokenLoss token, Term out);

  private static void boundedScore(PolicyLoss policy, TokenLoss token, Term out) {
    double constant = Math.min(token.ratio, policy.dualClip());
    out.set(
        -constant * token.advantage * finite(token.logprob),
        -constant * token.advantage,
        token.ratio > policy.dualClip() ? CLIPPED_DUAL : 0);
  }

  private static void mask(
      PolicyLoss policy, TokenLoss token, boolean above, boolean below, Term out) {
    double advantage = token.advantage;
    double moved = Math.exp(token.logprob) - Math.exp(token.oldLogprob);
    int mask =
        (above && moved > policy.clipHigh() ? CLIPPED_HIGH : 0)
            | (below && moved < -policy.clipLow() ? CLIPPED_LOW : 0);
    out.set(
        mask == 0 ? -token.ratio * advantage : 0.0 * advantage,
        mask == 0 ? -token.ratioSlope * advantage : 0.0,
        mask);
  }

  /** A log-probability as a factor of the advantage, which may be 0. */
  private static double finite(double logprob) {
    return Math.max(logprob, -0x1p100);
  }

  private static double sigmoid(double x) {
    return 1.0 / (1.0 + Math.exp(-x));
  }
}
