package org.leash.loss;

import java.util.function.Consumer;

/**
 * The configuration of a token's policy loss:
 *
 * <pre>
 *   loss = weight · ( u · surrogate + klCoefficient · kl − entropyCoefficient · H )
 *
 *   ratio     = exp(logprob − oldLogprob)
 *   w         = exp(oldLogprob − rolloutLogprob)
 *   u         = w within [rolloutFloor, rolloutCap]; outside, the nearer bound (TRUNCATE) or 0
 *               (MASK); 1 without a rolloutLogprob; a constant for the gradient
 *   surrogate   a {@link Surrogate} of the ratio and the advantage A
 *   kl          a {@link Kl} estimate from d = logprob − referenceLogprob
 * </pre>
 *
 * <p>Differences of log-probabilities are clamped to [−20, 20] and have no gradient where clamped,
 * so that a log-probability of −∞ yields finite numbers. Equal log-probabilities differ by 0, even
 * if both are −∞. A surrogate proportional to the log-probability treats values below −2¹⁰⁰ as
 * −2¹⁰⁰. A NaN in an input used by a term makes the loss NaN.
 *
 * <p>Start from a factory method and add terms: {@code ppoClip(0.2, 0.28).withKl(Kl.K3, 0.04)}.
 * {@link TokenLoss} evaluates it.
 *
 * @param surrogate the surrogate
 * @param kl the estimator of the divergence from the reference policy
 * @param rollout the treatment of a rollout weight outside its bounds
 * @param clipLow in [0, 1]; the lower bound of ratios is 1 − clipLow
 * @param clipHigh at least 0; the upper bound of ratios is 1 + clipHigh; +∞ for none
 * @param dualClip at least 1; if A &lt; 0, the clipped surrogate is at most −dualClip · A; for
 *     PROBABILITY_MASK_SCORE, DIVERGENCE_MASK_SCORE and TOPR, the largest ratio; +∞ for none
 * @param shapePositive greater than 0 and finite; τ of SAPO if A &gt; 0, γ of SHAPED
 * @param shapeNegative greater than 0 and finite; τ of SAPO if A ≤ 0
 * @param rolloutFloor in [0, rolloutCap]
 * @param rolloutCap greater than 0; +∞ for no cap
 * @param klCoefficient at least 0 and finite
 * @param entropyCoefficient finite; positive rewards entropy
 * @param klBound greater than 0; the estimate is clamped to [−klBound, klBound] and has no gradient
 *     there, except that of K1_STRAIGHT and K3_STRAIGHT; 10 in verl, slime, OpenRLHF and ROLL; +∞
 *     for none
 */
public record PolicyLoss(
    Surrogate surrogate,
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
    double entropyCoefficient,
    double klBound) {

  /** Flag: the lower bound took effect; for PPO_CLIP, only if A &lt; 0. */
  public static final int CLIPPED_LOW = 1;

  /** Flag: the upper bound took effect; for PPO_CLIP, only if A &gt; 0. */
  public static final int CLIPPED_HIGH = 2;

  /**
   * Flag: ratio &gt; dualClip; for TOPR, only if A ≤ 0; for PPO_CLIP, only if A &lt; 0, which
   * leaves the surrogate without a gradient.
   */
  public static final int CLIPPED_DUAL = 4;

  /** Flag: the rollout weight was truncated or masked. */
  public static final int CLIPPED_ROLLOUT = 8;

  /** Flag: logprob − oldLogprob was clamped to [−20, 20], so that the ratio has no gradient. */
  public static final int CLAMPED_RATIO = 16;

  private static final double UNBOUNDED = Double.POSITIVE_INFINITY;

  /** Checks the ranges of all numbers, also after rounding to the float that kernels receive. */
  public PolicyLoss {
    if (surrogate == null || kl == null || rollout == null) {
      throw new IllegalArgumentException(
          "surrogate = %s, kl = %s, rollout = %s: none may be null; use Kl.NONE for no KL term"
              .formatted(surrogate, kl, rollout));
    }
    require(clipLow >= 0.0 && clipLow <= 1.0, "clipLow", clipLow, "must be in [0, 1]");
    require(clipHigh >= 0.0, "clipHigh", clipHigh, "must be >= 0; +infinity for no upper clip");
    require(dualClip >= 1.0, "dualClip", dualClip, "must be >= 1; +infinity for off");
    require(isShape(shapePositive), "shapePositive", shapePositive, "must be finite and > 0");
    require(isShape(shapeNegative), "shapeNegative", shapeNegative, "must be finite and > 0");
    require(
        (float) rolloutCap > 0.0f, "rolloutCap", rolloutCap, "must be > 0; +infinity for no cap");
    require(
        rolloutFloor >= 0.0 && rolloutFloor <= rolloutCap,
        "rolloutFloor",
        rolloutFloor,
        "must be in [0, rolloutCap]");
    require(
        klCoefficient >= 0.0 && Float.isFinite((float) klCoefficient),
        "klCoefficient",
        klCoefficient,
        "must be finite and >= 0");
    require(
        Float.isFinite((float) entropyCoefficient),
        "entropyCoefficient",
        entropyCoefficient,
        "must be finite");
    require((float) klBound > 0.0f, "klBound", klBound, "must be > 0; +infinity for none");
  }

  private static boolean isShape(double value) {
    return (float) value > 0.0f && Float.isFinite((float) value);
  }

  private static void require(boolean inRange, String name, double value, String remedy) {
    if (!inRange) {
      throw new IllegalArgumentException(name + " = " + value + " is out of range: " + remedy);
    }
  }

  /** Only a surrogate: no clip, no dual clip, shapes of 1, no KL term, no entropy bonus. */
  public static PolicyLoss of(Surrogate surrogate) {
    Parts parts = new Parts();
    parts.surrogate = surrogate;
    return parts.assemble();
  }

  /** The clipped surrogate, without a dual clip. */
  public static PolicyLoss ppoClip(double clipLow, double clipHigh) {
    return of(Surrogate.PPO_CLIP).withClip(clipLow, clipHigh);
  }

  /** −ratio · A, unclipped. */
  public static PolicyLoss importanceWeighted() {
    return of(Surrogate.PPO_CLIP);
  }

  /** −A · logprob. */
  public static PolicyLoss reinforce() {
    return of(Surrogate.REINFORCE);
  }

  /**
   * CISPO with the weight in [1 − clipLow, 1 + clipHigh], as in verl and the paper; clipLow = 1 for
   * no lower bound. {@link #cispoCapped} follows TRL.
   */
  public static PolicyLoss cispo(double clipLow, double clipHigh) {
    return of(Surrogate.CISPO).withClip(clipLow, clipHigh);
  }

  /**
   * CISPO with a weight of at most {@code cap}, without a lower bound.
   *
   * @param cap at least 1; TRL's epsilon_high, which is the bound itself, 5 for example
   */
  public static PolicyLoss cispoCapped(double cap) {
    require(cap >= 1.0, "cap", cap, "must be >= 1; it bounds the weight itself");
    return cispo(1.0, cap - 1.0);
  }

  /** {@link #cispo} without the tokens that the clip of PPO drops; 0.1 and 0.1 in ROLL. */
  public static PolicyLoss cispoMasked(double clipLow, double clipHigh) {
    return of(Surrogate.CISPO_MASKED).withClip(clipLow, clipHigh);
  }

  /** TOPR with ratios of at most 1 where A ≤ 0, as in the paper and in ROLL. */
  public static PolicyLoss topr() {
    return of(Surrogate.TOPR).withDualClip(1.0);
  }

  /** SAPO with its temperatures for A &gt; 0 and A ≤ 0; 1 and 1.05 in the paper. */
  public static PolicyLoss sapo(double tauPositive, double tauNegative) {
    return of(Surrogate.SAPO).withShape(tauPositive, tauNegative);
  }

  /**
   * prime-rl's probability mask: drops tokens whose probability has moved in the direction of the
   * advantage, by more than {@code low} downwards or {@code high} upwards; both 0.2 in prime-rl.
   */
  public static PolicyLoss probabilityMask(double low, double high) {
    return of(Surrogate.PROBABILITY_MASK).withClip(low, high);
  }

  /** prime-rl's probability mask for either sign of the advantage. */
  public static PolicyLoss probabilityMaskTwoSided(double threshold) {
    return of(Surrogate.PROBABILITY_MASK_TWO_SIDED).withClip(threshold, threshold);
  }

  /**
   * verl's dppo_tv: {@link #probabilityMask} with the gradient of A · logprob, weighted by ratios
   * of at most {@code cap}; 0.2, 0.2 and 20 in verl.
   */
  public static PolicyLoss probabilityMaskScore(double low, double high, double cap) {
    return of(Surrogate.PROBABILITY_MASK_SCORE).withClip(low, high).withDualClip(cap);
  }

  /**
   * verl's dppo_kl: the same with bounds of the divergence of the sampled token against all others,
   * in nats.
   */
  public static PolicyLoss divergenceMaskScore(double low, double high, double cap) {
    return of(Surrogate.DIVERGENCE_MASK_SCORE).withClip(low, high).withDualClip(cap);
  }

  /** LUFFY's loss for off-policy tokens; gamma is 0.1 in the paper. */
  public static PolicyLoss shaped(double gamma) {
    return of(Surrogate.SHAPED).withShape(gamma, 1.0);
  }

  /** Whether the KL estimate is multiplied by the ratio, with the gradient of both. */
  public boolean hasCorrectedKl() {
    return kl == Kl.K1_CORRECTED || kl == Kl.K3_CORRECTED;
  }

  /** Whether the surrogate is −ratio · A without bounds, {@link #importanceWeighted}. */
  public boolean isUnclipped() {
    return surrogate == Surrogate.PPO_CLIP
        && clipLow == 1.0
        && clipHigh == UNBOUNDED
        && dualClip == UNBOUNDED;
  }

  /** This loss with other bounds of the ratio. */
  public PolicyLoss withClip(double low, double high) {
    return with(
        parts -> {
          parts.clipLow = low;
          parts.clipHigh = high;
        });
  }

  /** This loss with another dual clip. */
  public PolicyLoss withDualClip(double bound) {
    return with(parts -> parts.dualClip = bound);
  }

  /**
   * This loss with the two-sided clip of INTELLECT-2 (arXiv 2505.07291, equation 1),
   * −min(min(ratio, delta) · A, clip(ratio) · A): equal to the dual clip if delta is beyond the
   * upper bound.
   *
   * @param delta at least 1 + clipHigh
   */
  public PolicyLoss withTwoSidedClip(double delta) {
    require(delta >= 1.0 + clipHigh, "delta", delta, "must be >= 1 + clipHigh");
    return withDualClip(delta);
  }

  /** This loss with other shapes: SAPO's temperatures; SHAPED uses only the first. */
  public PolicyLoss withShape(double positive, double negative) {
    return with(
        parts -> {
          parts.shapePositive = positive;
          parts.shapeNegative = negative;
        });
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
    return with(
        parts -> {
          parts.rollout = treatment;
          parts.rolloutFloor = floor;
          parts.rolloutCap = cap;
        });
  }

  /** This loss with another KL term. */
  public PolicyLoss withKl(Kl estimator, double coefficient) {
    return with(
        parts -> {
          parts.kl = estimator;
          parts.klCoefficient = coefficient;
        });
  }

  /** This loss with another bound of the KL estimate. */
  public PolicyLoss withKlBound(double bound) {
    return with(parts -> parts.klBound = bound);
  }

  /** This loss with another entropy bonus. */
  public PolicyLoss withEntropy(double coefficient) {
    return with(parts -> parts.entropyCoefficient = coefficient);
  }

  private PolicyLoss with(Consumer<Parts> change) {
    Parts parts = new Parts(this);
    change.accept(parts);
    return parts.assemble();
  }

  /** The components by name, with their defaults. */
  private static final class Parts {
    private Surrogate surrogate;
    private Kl kl = Kl.NONE;
    private Rollout rollout = Rollout.TRUNCATE;
    private double clipLow = 1.0;
    private double clipHigh = UNBOUNDED;
    private double dualClip = UNBOUNDED;
    private double shapePositive = 1.0;
    private double shapeNegative = 1.0;
    private double rolloutFloor;
    private double rolloutCap = UNBOUNDED;
    private double klCoefficient;
    private double entropyCoefficient;
    private double klBound = UNBOUNDED;

    Parts() {}

    Parts(PolicyLoss loss) {
      surrogate = loss.surrogate;
      kl = loss.kl;
      rollout = loss.rollout;
      clipLow = loss.clipLow;
      clipHigh = loss.clipHigh;
      dualClip = loss.dualClip;
      shapePositive = loss.shapePositive;
      shapeNegative = loss.shapeNegative;
      rolloutFloor = loss.rolloutFloor;
      rolloutCap = loss.rolloutCap;
      klCoefficient = loss.klCoefficient;
      entropyCoefficient = loss.entropyCoefficient;
      klBound = loss.klBound;
    }

    PolicyLoss assemble() {
      return new PolicyLoss(
          surrogate,
          kl,
          rollout,
          clipLow,
          clipHigh,
          dualClip,
          shapePositive,
          shapeNegative,
          rolloutFloor,
          rolloutCap,
          klCoefficient,
          entropyCoefficient,
          klBound);
    }
  }
}
