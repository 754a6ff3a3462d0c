package org.leash.loss;

/**
 * {@link PolicyLoss} of one token: set the inputs, call {@link #evaluate}, read the loss and its
 * derivatives. Reused for any number of tokens without allocating; not thread-safe.
 *
 * <pre>{@code
 * token.of(logprob, entropy).advantage(a).oldLogprob(old).weight(w).evaluate(policy);
 * token.loss(); token.gradLogprob();
 * }</pre>
 */
public final class TokenLoss {
  // Read by the formulas of Surrogate and Kl.
  double logprob;
  double oldLogprob;
  double advantage;
  double ratio;

  /** Derivative of the ratio with respect to logprob. */
  double ratioSlope;

  private double entropy;
  private double logRatio;
  private boolean isRatioConstant;
  private double referenceLogprob;
  private double rolloutLogprob;
  private boolean hasRollout;
  private double rolloutWeight;
  private double weight;

  private final Term surrogate = new Term();
  private final Term divergence = new Term();
  private double loss;
  private int clipFlags;
  private double gradLogprob;
  private double gradEntropy;

  /** Needs {@link #of} before use. */
  public TokenLoss() {}

  /**
   * Starts a token with its log-probability and the policy's entropy in nats. Defaults of the other
   * inputs: advantage 0, weight 1, ratio 1 with its gradient, no reference, no rollout weight.
   */
  public TokenLoss of(double logprob, double entropy) {
    this.logprob = logprob;
    this.entropy = entropy;
    advantage = 0.0;
    weight = 1.0;
    referenceLogprob = Double.NaN;
    hasRollout = false;
    rolloutWeight = 1.0;
    return oldLogprob(logprob);
  }

  /** Sets the advantage. */
  public TokenLoss advantage(double advantage) {
    this.advantage = advantage;
    return this;
  }

  /** Sets the factor of the whole loss. */
  public TokenLoss weight(double weight) {
    this.weight = weight;
    return this;
  }

  /** Sets the log-probability under the policy before the update, and with it the ratio. */
  public TokenLoss oldLogprob(double oldLogprob) {
    this.oldLogprob = oldLogprob;
    return logRatio(LogRatio.difference(logprob, oldLogprob), false);
  }

  /**
   * Sets a ratio other than the token's own, such as that of its response; after {@link
   * #oldLogprob}.
   *
   * @param logRatio logarithm of the ratio, clamped to [−20, 20] here
   * @param isConstant whether its derivative with respect to logprob is 0 instead of 1
   */
  public TokenLoss logRatio(double logRatio, boolean isConstant) {
    this.logRatio = logRatio;
    isRatioConstant = isConstant;
    return this;
  }

  /** Sets the log-probability under the reference policy; not used with {@link Kl#NONE}. */
  public TokenLoss referenceLogprob(double referenceLogprob) {
    this.referenceLogprob = referenceLogprob;
    return this;
  }

  /** Sets the log-probability that the sampler reported, and with it a rollout weight. */
  public TokenLoss rolloutLogprob(double rolloutLogprob) {
    this.rolloutLogprob = rolloutLogprob;
    hasRollout = true;
    return this;
  }

  /** Sets the rollout weight itself; instead of {@link #rolloutLogprob}, which replaces it. */
  public TokenLoss rolloutWeight(double rolloutWeight) {
    this.rolloutWeight = rolloutWeight;
    return this;
  }

  /** Computes the loss and its derivatives. */
  public TokenLoss evaluate(PolicyLoss policy) {
    boolean clamped = LogRatio.isClamped(logRatio);
    ratio = Math.exp(LogRatio.clamp(logRatio));
    ratioSlope = clamped || isRatioConstant ? 0.0 : ratio;
    policy.surrogate().evaluate(policy, this, surrogate);
    double difference = LogRatio.difference(logprob, referenceLogprob);
    policy
        .kl()
        .evaluate(
            this,
            LogRatio.clamp(difference),
            LogRatio.slope(difference),
            policy.klBound(),
            divergence);

    double factor = rolloutWeight;
    clipFlags = surrogate.flags | (clamped ? PolicyLoss.CLAMPED_RATIO : 0);
    if (hasRollout) {
      double w = Math.exp(LogRatio.of(oldLogprob, rolloutLogprob));
      double floor = policy.rolloutFloor();
      double cap = policy.rolloutCap();
      factor = policy.rollout().weight(w, floor, cap);
      clipFlags |= Rollout.isOutside(w, floor, cap) ? PolicyLoss.CLIPPED_ROLLOUT : 0;
    }
    double beta = policy.klCoefficient();
    loss =
        weight
            * (factor * surrogate.value
                + beta * divergence.value
                - policy.entropyCoefficient() * entropy);
    gradLogprob = weight * (factor * surrogate.slope + beta * divergence.slope);
    gradEntropy = weight * -policy.entropyCoefficient();
    return this;
  }

  /** The loss, including the weight. */
  public double loss() {
    return loss;
  }

  /** The ratio with its logarithm clamped, before any clip. */
  public double ratio() {
    return ratio;
  }

  /** The estimate of the KL divergence, without its coefficient; 0 without an estimator. */
  public double kl() {
    return divergence.value;
  }

  /** The sum of the flags {@code PolicyLoss.CLIPPED_*} and {@code CLAMPED_RATIO} that apply. */
  public int clipFlags() {
    return clipFlags;
  }

  /** Derivative of the loss with respect to logprob. */
  public double gradLogprob() {
    return gradLogprob;
  }

  /** Derivative of the loss with respect to the entropy. */
  public double gradEntropy() {
    return gradEntropy;
  }
}
