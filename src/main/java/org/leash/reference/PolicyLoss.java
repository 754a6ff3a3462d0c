package org.leash.reference;

/**
 * The policy loss of one sampled token and its derivatives, in double precision:
 *
 * <pre>
 *   loss = weight · ( u · surrogate + klCoefficient · kl − entropyCoefficient · H )
 *
 *   ratio     = exp(logprob − oldLogprob)
 *   w         = exp(oldLogprob − rolloutLogprob)
 *   u         = w within [rolloutFloor, rolloutCap]; outside the nearer bound, or 0 if masked;
 *               constant for the gradient
 *   surrogate   by {@link Kind}, of the ratio and the advantage A
 *   kl          by {@link Kl}, of d = logprob − referenceLogprob
 * </pre>
 *
 * <p>Every difference of log-probabilities is clamped to [−20, 20] before it is used and has no
 * gradient where it is clamped, so that a log-probability of −∞ yields numbers; where a surrogate
 * is proportional to the log-probability, one below −2¹⁰⁰ counts as −2¹⁰⁰. Equal log-probabilities
 * differ by 0, also where both are −∞. A NaN among the inputs that the terms use makes the outcome
 * NaN.
 *
 * <p>Each formula is one case of {@code PolicyTerms}, whose twin for the native kernels is {@code
 * native/common/policy_loss.h}. Start from a factory method; a constructor call must give every
 * number, used or not.
 *
 * @param kind the surrogate
 * @param kl the estimator of the divergence from the reference policy
 * @param rollout what becomes of a rollout weight outside its bounds
 * @param clipLow in [0, 1]; the lower bound of ratios is 1 − clipLow
 * @param clipHigh at least 0; the upper bound of ratios is 1 + clipHigh; +∞ for none
 * @param dualClip at least 1; where A &lt; 0 the clipped surrogate is at most −dualClip · A; +∞ for
 *     off
 * @param shapePositive greater than 0 and finite; τ of SAPO where A &gt; 0, γ of SHAPED
 * @param shapeNegative greater than 0 and finite; τ of SAPO where A ≤ 0
 * @param rolloutFloor in [0, rolloutCap]
 * @param rolloutCap greater than 0; +∞ for no cap
 * @param klCoefficient at least 0 and finite
 * @param entropyCoefficient finite; positive rewards entropy
 */
public record PolicyLoss(
    Kind kind,
    Kl kl,
    Rollout rollout,
    double clipLow,
    double clipHigh,
    double dualClip,
    double shapePositive,
    double shapeNegative,
    double rolloutFloor,
    double rolloutCap,
    double klCoefficient,
    double entropyCoefficient) {

  /** Flag: the lower bound took effect; of PPO_CLIP where A &lt; 0 alone. */
  public static final int CLIPPED_LOW = 1;

  /** Flag: the upper bound took effect; of PPO_CLIP where A &gt; 0 alone. */
  public static final int CLIPPED_HIGH = 2;

  /** Flag: A &lt; 0 and ratio &gt; dualClip, no gradient through the surrogate. */
  public static final int CLIPPED_DUAL = 4;

  /** Flag: the rollout weight was truncated or masked. */
  public static final int CLIPPED_ROLLOUT = 8;

  /** Flag: logprob − oldLogprob was clamped to [−20, 20], no gradient through the ratio. */
  public static final int CLAMPED_RATIO = 16;

  private static final double UNBOUNDED = Double.POSITIVE_INFINITY;

  /** The surrogate objective; p = exp(logprob), pOld = exp(oldLogprob). */
  public enum Kind {
    /**
     * −min(ratio · A, clip(ratio, 1 − clipLow, 1 + clipHigh) · A), and where A &lt; 0 at most
     * −dualClip · A. Schulman et al., arXiv 1707.06347, equation 7; separate bounds: DAPO, arXiv
     * 2503.14476, equation 8; dual clip: Ye et al., arXiv 1912.09729.
     */
    PPO_CLIP(0),
    /** −A · logprob. Williams, Machine Learning 8 (1992). */
    REINFORCE(1),
    /**
     * −c · A · logprob with c = clip(ratio, 1 − clipLow, 1 + clipHigh) a constant for the gradient:
     * bounded weights, but no token without a gradient. MiniMax-M1, arXiv 2506.13585.
     */
    CISPO(2),
    /**
     * −A · (4 / τ) · sigmoid(τ (ratio − 1)), τ = shapePositive where A &gt; 0 and shapeNegative
     * elsewhere: a soft gate of slope 1 at ratio 1. SAPO, arXiv 2511.20347.
     */
    SAPO(3),
    /**
     * −ratio · A, and 0 where A &gt; 0 and p − pOld &gt; clipHigh or A &lt; 0 and pOld − p &gt;
     * clipLow: the mask of prime-rl's default loss (2026).
     */
    PROBABILITY_MASK(4),
    /** The same mask for either sign of A: prime-rl's IPO loss (2026). */
    PROBABILITY_MASK_TWO_SIDED(5),
    /**
     * −A · p / (p + shapePositive), for tokens that another policy chose, whose probability counts
     * as 1. LUFFY, arXiv 2504.14945, "policy shaping".
     */
    SHAPED(6);

    private final int abi;

    Kind(int abi) {
      this.abi = abi;
    }

    /** The constant {@code LEASH_LOSS_*} of the C interface. */
    public int abi() {
      return abi;
    }
  }

  /**
   * Estimators of KL(policy ‖ reference) from a token that the policy sampled; d = logprob −
   * referenceLogprob. Schulman, Approximating KL Divergence (2020). As losses they differ from what
   * they are as estimates: with gradients through logprob and frozen samples, the expected gradient
   * of K1 is zero, that of K3 is the gradient of KL(reference ‖ policy), and that of the others the
   * gradient of KL(policy ‖ reference).
   */
  public enum Kl {
    /** No KL term: 0. */
    NONE(0),
    /** d: unbiased, of high variance. */
    K1(1),
    /** d² / 2: biased, of low variance. */
    K2(2),
    /** exp(−d) − 1 + d: unbiased and never negative. */
    K3(3),
    /** ratio · d with the gradient of both. */
    K1_CORRECTED(4),
    /** ratio · (exp(−d) − 1 + d) with the gradient of both: DeepSeek-V3.2, arXiv 2512.02556. */
    K3_CORRECTED(5),
    /** The value of K1 with the gradient of K2: verl's "k1+" (2025). */
    K1_STRAIGHT(6),
    /** The value of K3 with the gradient of K2: verl's "k3+" (2025). */
    K3_STRAIGHT(7);

    private final int abi;

    Kl(int abi) {
      this.abi = abi;
    }

    /** The constant {@code LEASH_KL_*} of the C interface. */
    public int abi() {
      return abi;
    }
  }

  /** What becomes of a rollout weight outside [rolloutFloor, rolloutCap]. */
  public enum Rollout {
    /** The nearer bound. Ionides, Journal of Computational and Graphical Statistics 17 (2008). */
    TRUNCATE(0),
    /** 0: the token has no surrogate. IcePop (2025), arXiv 2510.18855. */
    MASK(1);

    private final int abi;

    Rollout(int abi) {
      this.abi = abi;
    }

    /** The constant {@code LEASH_ROLLOUT_*} of the C interface. */
    public int abi() {
      return abi;
    }
  }

  /**
   * What became of one token.
   *
   * @param loss the loss, weight included
   * @param ratio exp(logprob − oldLogprob), clamped as above, before any clip
   * @param kl the estimate before its coefficient; 0 without an estimator
   * @param clipFlags the sum of the flags that apply
   * @param gradLogprob derivative of the loss with respect to logprob
   * @param gradEntropy derivative of the loss with respect to the entropy
   */
  public record Outcome(
      double loss,
      double ratio,
      double kl,
      int clipFlags,
      double gradLogprob,
      double gradEntropy) {}

  /** Takes the components of an {@link Outcome} one by one, for callers that must not allocate. */
  @FunctionalInterface
  public interface Sink {
    /** The components of an {@link Outcome}. */
    void accept(
        double loss,
        double ratio,
        double kl,
        int clipFlags,
        double gradLogprob,
        double gradEntropy);
  }

  /**
   * Checks every number against its range; the float that a kernel receives must be in range as
   * well.
   */
  public PolicyLoss {
    if (kind == null || kl == null || rollout == null) {
      throw new IllegalArgumentException(
          "kind = "
              + kind
              + ", kl = "
              + kl
              + ", rollout = "
              + rollout
              + ": none may be null; without a KL term take Kl.NONE");
    }
    require(clipLow >= 0.0 && clipLow <= 1.0, "clipLow", clipLow, "take a number in [0, 1]");
    require(
        clipHigh >= 0.0, "clipHigh", clipHigh, "take a number >= 0, +infinity for no upper clip");
    require(dualClip >= 1.0, "dualClip", dualClip, "take a number >= 1, +infinity for off");
    require(isShape(shapePositive), "shapePositive", shapePositive, "take a finite number > 0");
    require(isShape(shapeNegative), "shapeNegative", shapeNegative, "take a finite number > 0");
    require(
        (float) rolloutCap > 0.0f,
        "rolloutCap",
        rolloutCap,
        "take a number > 0, +infinity for no cap");
    require(
        rolloutFloor >= 0.0 && rolloutFloor <= rolloutCap,
        "rolloutFloor",
        rolloutFloor,
        "take a number in [0, rolloutCap]");
    require(
        klCoefficient >= 0.0 && Float.isFinite((float) klCoefficient),
        "klCoefficient",
        klCoefficient,
        "take a finite number >= 0");
    require(
        Float.isFinite((float) entropyCoefficient),
        "entropyCoefficient",
        entropyCoefficient,
        "take a finite number");
  }

  private static boolean isShape(double value) {
    return (float) value > 0.0f && Float.isFinite((float) value);
  }

  private static void require(boolean inRange, String name, double value, String remedy) {
    if (!inRange) {
      throw new IllegalArgumentException(name + " = " + value + " is out of range: " + remedy);
    }
  }

  /** The clipped surrogate alone: no dual clip, no rollout cap, no KL term, no entropy bonus. */
  public static PolicyLoss ppoClip(double clipLow, double clipHigh) {
    return clipped(Kind.PPO_CLIP, clipLow, clipHigh);
  }

  /** −ratio · A, unclipped. */
  public static PolicyLoss importanceWeighted() {
    return ppoClip(1.0, UNBOUNDED);
  }

  /** −A · logprob. */
  public static PolicyLoss reinforce() {
    return clipped(Kind.REINFORCE, 1.0, UNBOUNDED);
  }

  /**
   * CISPO with the weight in [1 − clipLow, 1 + clipHigh], as verl and the paper count: clipLow = 1
   * for no lower bound. {@link #cispoCapped} counts as TRL does.
   */
  public static PolicyLoss cispo(double clipLow, double clipHigh) {
    return clipped(Kind.CISPO, clipLow, clipHigh);
  }

  /**
   * CISPO with a weight of at most {@code cap}, 5 say: what TRL calls epsilon_high, not 1 more.
   *
   * @param cap at least 1
   */
  public static PolicyLoss cispoCapped(double cap) {
    require(cap >= 1.0, "cap", cap, "take a number >= 1; it bounds the weight itself");
    return clipped(Kind.CISPO, 1.0, cap - 1.0);
  }

  /** SAPO with its temperatures for A &gt; 0 and for A ≤ 0; 1 and 1.05 in the paper. */
  public static PolicyLoss sapo(double tauPositive, double tauNegative) {
    return with(Kind.SAPO, 1.0, UNBOUNDED, tauPositive, tauNegative);
  }

  /** prime-rl's mask, with the moves of the probability that drop a token; 0.2 and 0.2 there. */
  public static PolicyLoss probabilityMask(double low, double high) {
    return clipped(Kind.PROBABILITY_MASK, low, high);
  }

  /** The mask for either sign of the advantage. */
  public static PolicyLoss probabilityMaskTwoSided(double threshold) {
    return clipped(Kind.PROBABILITY_MASK_TWO_SIDED, threshold, threshold);
  }

  /** LUFFY's loss of off-policy tokens; gamma is 0.1 in the paper. */
  public static PolicyLoss shaped(double gamma) {
    return with(Kind.SHAPED, 1.0, UNBOUNDED, gamma, 1.0);
  }

  private static PolicyLoss clipped(Kind kind, double clipLow, double clipHigh) {
    return with(kind, clipLow, clipHigh, 1.0, 1.0);
  }

  private static PolicyLoss with(
      Kind kind, double clipLow, double clipHigh, double shapePositive, double shapeNegative) {
    return new PolicyLoss(
        kind,
        Kl.NONE,
        Rollout.TRUNCATE,
        clipLow,
        clipHigh,
        UNBOUNDED,
        shapePositive,
        shapeNegative,
        0.0,
        UNBOUNDED,
        0.0,
        0.0);
  }

  /** This loss with other bounds of the ratio. */
  public PolicyLoss withClip(double low, double high) {
    return new PolicyLoss(
        kind,
        kl,
        rollout,
        low,
        high,
        dualClip,
        shapePositive,
        shapeNegative,
        rolloutFloor,
        rolloutCap,
        klCoefficient,
        entropyCoefficient);
  }

  /** This loss with another dual clip. */
  public PolicyLoss withDualClip(double bound) {
    return new PolicyLoss(
        kind,
        kl,
        rollout,
        clipLow,
        clipHigh,
        bound,
        shapePositive,
        shapeNegative,
        rolloutFloor,
        rolloutCap,
        klCoefficient,
        entropyCoefficient);
  }

  /**
   * This loss with the two-sided clip of INTELLECT-2 (arXiv 2505.07291, equation 1),
   * −min(min(ratio, delta) · A, clip(ratio) · A): the dual clip under another name, as long as
   * delta is beyond the upper bound.
   *
   * @param delta at least 1 + clipHigh
   */
  public PolicyLoss withTwoSidedClip(double delta) {
    require(delta >= 1.0 + clipHigh, "delta", delta, "take a number >= 1 + clipHigh");
    return withDualClip(delta);
  }

  /** This loss with rollout weights truncated at a cap. */
  public PolicyLoss withRolloutCap(double cap) {
    return withRollout(Rollout.TRUNCATE, 0.0, cap);
  }

  /** This loss with rollout weights masked outside [floor, cap]. */
  public PolicyLoss withRolloutMask(double floor, double cap) {
    return withRollout(Rollout.MASK, floor, cap);
  }

  /** This loss with another treatment of rollout weights outside [floor, cap]. */
  public PolicyLoss withRollout(Rollout treatment, double floor, double cap) {
    return new PolicyLoss(
        kind,
        kl,
        treatment,
        clipLow,
        clipHigh,
        dualClip,
        shapePositive,
        shapeNegative,
        floor,
        cap,
        klCoefficient,
        entropyCoefficient);
  }

  /** This loss with another KL term. */
  public PolicyLoss withKl(Kl estimator, double coefficient) {
    return with(estimator, coefficient, entropyCoefficient);
  }

  /** This loss with another entropy bonus. */
  public PolicyLoss withEntropy(double coefficient) {
    return with(kl, klCoefficient, coefficient);
  }

  private PolicyLoss with(Kl estimator, double divergence, double entropy) {
    return new PolicyLoss(
        kind,
        estimator,
        rollout,
        clipLow,
        clipHigh,
        dualClip,
        shapePositive,
        shapeNegative,
        rolloutFloor,
        rolloutCap,
        divergence,
        entropy);
  }

  /**
   * The loss of one token that has a rollout log-probability. Without an old log-probability pass
   * {@code logprob}: the ratio is then 1 and still has its gradient. {@code referenceLogprob} is
   * not used with {@link Kl#NONE}.
   */
  public Outcome evaluate(
      double logprob,
      double entropy,
      double advantage,
      double oldLogprob,
      double referenceLogprob,
      double rolloutLogprob,
      double weight) {
    Outcome[] outcome = new Outcome[1];
    evaluate(
        logprob,
        entropy,
        advantage,
        oldLogprob,
        referenceLogprob,
        rolloutLogprob,
        weight,
        (loss, ratio, kl, flags, gradLogprob, gradEntropy) ->
            outcome[0] = new Outcome(loss, ratio, kl, flags, gradLogprob, gradEntropy));
    return outcome[0];
  }

  /** The same without a rollout log-probability: u = 1, whatever the cap. */
  public Outcome evaluate(
      double logprob,
      double entropy,
      double advantage,
      double oldLogprob,
      double referenceLogprob,
      double weight) {
    Outcome[] outcome = new Outcome[1];
    evaluate(
        logprob,
        entropy,
        advantage,
        oldLogprob,
        referenceLogprob,
        weight,
        (loss, ratio, kl, flags, gradLogprob, gradEntropy) ->
            outcome[0] = new Outcome(loss, ratio, kl, flags, gradLogprob, gradEntropy));
    return outcome[0];
  }

  /** The loss of one token that has a rollout log-probability, without an object for it. */
  public void evaluate(
      double logprob,
      double entropy,
      double advantage,
      double oldLogprob,
      double referenceLogprob,
      double rolloutLogprob,
      double weight,
      Sink sink) {
    PolicyTerms.evaluate(
        this,
        logprob,
        entropy,
        advantage,
        oldLogprob,
        PolicyTerms.difference(logprob, oldLogprob),
        1.0,
        referenceLogprob,
        rolloutWeight(oldLogprob, rolloutLogprob),
        isRolloutClipped(oldLogprob, rolloutLogprob) ? CLIPPED_ROLLOUT : 0,
        weight,
        sink);
  }

  /** The same without a rollout log-probability. */
  public void evaluate(
      double logprob,
      double entropy,
      double advantage,
      double oldLogprob,
      double referenceLogprob,
      double weight,
      Sink sink) {
    PolicyTerms.evaluate(
        this,
        logprob,
        entropy,
        advantage,
        oldLogprob,
        PolicyTerms.difference(logprob, oldLogprob),
        1.0,
        referenceLogprob,
        1.0,
        0,
        weight,
        sink);
  }

  /**
   * The loss of one token whose ratio is not that of its own log-probabilities: that of its
   * response, say.
   *
   * @param logRatio logarithm of the ratio, clamped to [−20, 20] here
   * @param logRatioSlope its derivative with respect to logprob: 1, or 0 for a constant
   * @param rolloutWeight constant factor of the surrogate; 1 for none
   */
  public void evaluateWithRatio(
      double logprob,
      double entropy,
      double advantage,
      double oldLogprob,
      double logRatio,
      double logRatioSlope,
      double referenceLogprob,
      double rolloutWeight,
      double weight,
      Sink sink) {
    PolicyTerms.evaluate(
        this,
        logprob,
        entropy,
        advantage,
        oldLogprob,
        logRatio,
        logRatioSlope,
        referenceLogprob,
        rolloutWeight,
        0,
        weight,
        sink);
  }

  /** u, the weight that a token gets for what the sampler thought of it. */
  public double rolloutWeight(double oldLogprob, double rolloutLogprob) {
    return rollout == Rollout.MASK && isRolloutClipped(oldLogprob, rolloutLogprob)
        ? 0.0
        : Math.clamp(Math.exp(logRatio(oldLogprob, rolloutLogprob)), rolloutFloor, rolloutCap);
  }

  /** Whether that weight was out of bounds. */
  public boolean isRolloutClipped(double oldLogprob, double rolloutLogprob) {
    double w = Math.exp(logRatio(oldLogprob, rolloutLogprob));
    return w < rolloutFloor || w > rolloutCap;
  }

  /**
   * {@code logprob − base} as every term takes it: clamped to [−20, 20], and 0 where both are
   * equal, also if infinite.
   */
  public static double logRatio(double logprob, double base) {
    return PolicyTerms.clamp(PolicyTerms.difference(logprob, base));
  }

  /** Derivative of {@link #logRatio} with respect to logprob: 1, or 0 where it is clamped. */
  public static double logRatioSlope(double logprob, double base) {
    return PolicyTerms.isClamped(PolicyTerms.difference(logprob, base)) ? 0.0 : 1.0;
  }
}
