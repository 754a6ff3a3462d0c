package org.leash.reference;

/**
 * The policy loss of one sampled token and its derivatives, in double precision:
 *
 * <pre>
 *   loss = weight · ( u · surrogate(ratio, A) + klCoefficient · kl − entropyCoefficient · H )
 *
 *   ratio     = exp(logprob − oldLogprob)
 *   u         = min(exp(oldLogprob − rolloutLogprob), rolloutCap)      constant for the gradient
 *   surrogate = −min(ratio · A, clip(ratio, 1 − clipLow, 1 + clipHigh) · A),
 *               where A &lt; 0 at most −dualClip · A
 *   kl        = k1, k2 or k3 of d = logprob − referenceLogprob
 * </pre>
 *
 * Every difference of log-probabilities is clamped to [−20, 20] before it is used and has no
 * gradient where it is clamped, so that a log-probability of −∞ yields numbers. Equal
 * log-probabilities differ by 0, also where both are −∞. A NaN among the inputs that are used makes
 * the outcome NaN.
 *
 * <p>Sources. Clipped surrogate: Schulman et al., Proximal Policy Optimization, arXiv 1707.06347,
 * equation 7. Separate bounds: Yu et al., DAPO, arXiv 2503.14476, equation 8 ("clip-higher"). Dual
 * clip: Ye et al., Mastering Complex Control in MOBA Games, arXiv 1912.09729, section "Dual-clip
 * PPO". Capped importance weight of the sampler against the old policy: truncated importance
 * sampling, Ionides, Journal of Computational and Graphical Statistics 17 (2008), equation 2. KL
 * estimators k1, k2, k3: Schulman, Approximating KL Divergence (2020).
 *
 * @param kind the surrogate
 * @param kl the estimator of the divergence from the reference policy
 * @param clipLow in [0, 1]; ratios below 1 − clipLow earn nothing more where A &lt; 0
 * @param clipHigh at least 0; ratios above 1 + clipHigh earn nothing more where A &gt; 0; +∞ for no
 *     upper clip
 * @param dualClip at least 1; +∞ for off
 * @param rolloutCap greater than 0; +∞ for no cap; used only where there is a rollout
 *     log-probability
 * @param klCoefficient at least 0 and finite
 * @param entropyCoefficient finite; positive rewards entropy
 */
public record PolicyLoss(
    Kind kind,
    Kl kl,
    double clipLow,
    double clipHigh,
    double dualClip,
    double rolloutCap,
    double klCoefficient,
    double entropyCoefficient) {

  /** Flag: A &lt; 0 and ratio &lt; 1 − clipLow, no gradient through the surrogate. */
  public static final int CLIPPED_LOW = 1;

  /** Flag: A &gt; 0 and ratio &gt; 1 + clipHigh, no gradient through the surrogate. */
  public static final int CLIPPED_HIGH = 2;

  /** Flag: A &lt; 0 and ratio &gt; dualClip, no gradient through the surrogate. */
  public static final int CLIPPED_DUAL = 4;

  /** Flag: the rollout weight was capped. */
  public static final int CLIPPED_ROLLOUT = 8;

  /** Flag: logprob − oldLogprob was clamped to [−20, 20], no gradient through the ratio. */
  public static final int CLAMPED_RATIO = 16;

  private static final int NO_SURROGATE_GRADIENT = CLIPPED_LOW | CLIPPED_HIGH | CLIPPED_DUAL;
  private static final double LARGEST_DIFFERENCE = 20.0;

  /** The surrogate objective. */
  public enum Kind {
    /** The clipped surrogate with separate bounds and dual clip. */
    PPO_CLIP(0);

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
   * referenceLogprob.
   */
  public enum Kl {
    /** No KL term: 0. */
    NONE(0),
    /** d: unbiased, of high variance. */
    K1(1),
    /** d² / 2: biased, of low variance. */
    K2(2),
    /** exp(−d) − 1 + d: unbiased and never negative. */
    K3(3);

    private final int abi;

    Kl(int abi) {
      this.abi = abi;
    }

    /** The constant {@code LEASH_KL_*} of the C interface. */
    public int abi() {
      return abi;
    }

    double value(double d) {
      return switch (this) {
        case NONE -> 0.0;
        case K1 -> d;
        case K2 -> d * d / 2.0;
        case K3 -> Math.expm1(-d) + d;
      };
    }

    double derivative(double d) {
      return switch (this) {
        case NONE -> 0.0;
        case K1 -> 1.0;
        case K2 -> d;
        case K3 -> -Math.expm1(-d);
      };
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
    if (kind == null || kl == null) {
      throw new IllegalArgumentException(
          "kind = "
              + kind
              + ", kl = "
              + kl
              + ": neither may be null; without a KL term take Kl.NONE");
    }
    require(clipLow >= 0.0 && clipLow <= 1.0, "clipLow", clipLow, "take a number in [0, 1]");
    require(
        clipHigh >= 0.0, "clipHigh", clipHigh, "take a number >= 0, +infinity for no upper clip");
    require(dualClip >= 1.0, "dualClip", dualClip, "take a number >= 1, +infinity for off");
    require(
        (float) rolloutCap > 0.0f,
        "rolloutCap",
        rolloutCap,
        "take a number > 0, +infinity for no cap");
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

  private static void require(boolean inRange, String name, double value, String remedy) {
    if (!inRange) {
      throw new IllegalArgumentException(name + " = " + value + " is out of range: " + remedy);
    }
  }

  /** The clipped surrogate alone: no dual clip, no rollout cap, no KL term, no entropy bonus. */
  public static PolicyLoss ppoClip(double clipLow, double clipHigh) {
    return new PolicyLoss(
        Kind.PPO_CLIP,
        Kl.NONE,
        clipLow,
        clipHigh,
        Double.POSITIVE_INFINITY,
        Double.POSITIVE_INFINITY,
        0.0,
        0.0);
  }

  /** This loss with another dual clip. */
  public PolicyLoss withDualClip(double bound) {
    return new PolicyLoss(
        kind, kl, clipLow, clipHigh, bound, rolloutCap, klCoefficient, entropyCoefficient);
  }

  /** This loss with another cap of the rollout weight. */
  public PolicyLoss withRolloutCap(double cap) {
    return new PolicyLoss(
        kind, kl, clipLow, clipHigh, dualClip, cap, klCoefficient, entropyCoefficient);
  }

  /** This loss with another KL term. */
  public PolicyLoss withKl(Kl estimator, double coefficient) {
    return new PolicyLoss(
        kind, estimator, clipLow, clipHigh, dualClip, rolloutCap, coefficient, entropyCoefficient);
  }

  /** This loss with another entropy bonus. */
  public PolicyLoss withEntropy(double coefficient) {
    return new PolicyLoss(
        kind, kl, clipLow, clipHigh, dualClip, rolloutCap, klCoefficient, coefficient);
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
    double rolloutRatio = Math.exp(clamp(difference(oldLogprob, rolloutLogprob)));
    evaluate(
        logprob,
        entropy,
        advantage,
        oldLogprob,
        referenceLogprob,
        weight,
        Math.min(rolloutRatio, rolloutCap),
        rolloutRatio > rolloutCap ? CLIPPED_ROLLOUT : 0,
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
    evaluate(logprob, entropy, advantage, oldLogprob, referenceLogprob, weight, 1.0, 0, sink);
  }

  private void evaluate(
      double logprob,
      double entropy,
      double advantage,
      double oldLogprob,
      double referenceLogprob,
      double weight,
      double rolloutWeight,
      int rolloutFlag,
      Sink sink) {
    double logRatio = difference(logprob, oldLogprob);
    double ratio = Math.exp(clamp(logRatio));
    double ratioGradient = isClamped(logRatio) ? 0.0 : ratio;

    int flags = surrogateFlags(ratio, advantage);
    double surrogateGradient =
        (flags & NO_SURROGATE_GRADIENT) != 0 ? 0.0 : -advantage * ratioGradient;

    double klValue = 0.0;
    double klGradient = 0.0;
    if (kl != Kl.NONE) {
      double d = difference(logprob, referenceLogprob);
      klValue = kl.value(clamp(d));
      klGradient = isClamped(d) ? 0.0 : kl.derivative(d);
    }

    sink.accept(
        weight
            * (rolloutWeight * surrogate(ratio, advantage)
                + klCoefficient * klValue
                - entropyCoefficient * entropy),
        ratio,
        klValue,
        flags | rolloutFlag | (isClamped(logRatio) ? CLAMPED_RATIO : 0),
        weight * (rolloutWeight * surrogateGradient + klCoefficient * klGradient),
        weight * -entropyCoefficient);
  }

  private double surrogate(double ratio, double advantage) {
    return switch (kind) {
      case PPO_CLIP -> {
        double clipped = Math.clamp(ratio, 1.0 - clipLow, 1.0 + clipHigh);
        double value = -Math.min(ratio * advantage, clipped * advantage);
        yield advantage < 0.0 ? Math.min(value, -dualClip * advantage) : value;
      }
    };
  }

  private int surrogateFlags(double ratio, double advantage) {
    return switch (kind) {
      case PPO_CLIP ->
          (advantage < 0.0 && ratio < 1.0 - clipLow ? CLIPPED_LOW : 0)
              | (advantage > 0.0 && ratio > 1.0 + clipHigh ? CLIPPED_HIGH : 0)
              | (advantage < 0.0 && ratio > dualClip ? CLIPPED_DUAL : 0);
    };
  }

  private static double difference(double a, double b) {
    return a == b ? 0.0 : a - b;
  }

  private static double clamp(double difference) {
    return Math.clamp(difference, -LARGEST_DIFFERENCE, LARGEST_DIFFERENCE);
  }

  private static boolean isClamped(double difference) {
    return Math.abs(difference) > LARGEST_DIFFERENCE;
  }
}
