package org.leash.operation;

import org.leash.device.ByteColumn;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.loss.Kl;
import org.leash.loss.PolicyLoss;

/**
 * The {@link PolicyLoss} of the sampled tokens, one per row, and its gradient with respect to the
 * logits.
 *
 * <p>Every output may be omitted; without {@link #gradient()} only the forward pass runs. Minimum
 * traffic with the gradient {@linkplain #inPlace() in place}: one read and one write of the logits.
 */
public final class PolicyGradient extends MatrixArguments<PolicyGradient> {
  private PolicyLoss policy;
  private IntColumn targets;
  private FloatColumn advantage;
  private FloatColumn oldLogprob;
  private FloatColumn referenceLogprob;
  private FloatColumn rolloutLogprob;
  private FloatColumn weight;
  private FloatColumn loss;
  private FloatColumn logprob;
  private FloatColumn entropy;
  private FloatColumn ratio;
  private FloatColumn kl;
  private ByteColumn clipFlags;

  PolicyGradient() {}

  private PolicyGradient(Matrix logits) {
    super(logits);
  }

  /**
   * Arguments with only the logits set.
   *
   * @throws IllegalArgumentException logits is null
   */
  public static PolicyGradient of(Matrix logits) {
    return new PolicyGradient(logits);
  }

  /** The loss; required. */
  public PolicyLoss policy() {
    return policy;
  }

  /** Sets the loss. */
  public PolicyGradient policy(PolicyLoss policy) {
    this.policy = policy;
    return this;
  }

  /** The sampled tokens; required. */
  public IntColumn targets() {
    return targets;
  }

  /** Sets the sampled tokens, each in [0, vocab). */
  public PolicyGradient targets(IntColumn targets) {
    this.targets = targets;
    return this;
  }

  /** Advantages; required. */
  public FloatColumn advantage() {
    return advantage;
  }

  /** Sets the advantages. */
  public PolicyGradient advantage(FloatColumn advantage) {
    this.advantage = advantage;
    return this;
  }

  /** Log-probabilities under the policy before the update, or null. */
  public FloatColumn oldLogprob() {
    return oldLogprob;
  }

  /**
   * Sets the log-probabilities under the policy before the update. Null: the current ones, as
   * constants, so that the ratio is 1.
   */
  public PolicyGradient oldLogprob(FloatColumn oldLogprob) {
    this.oldLogprob = oldLogprob;
    return this;
  }

  /** Log-probabilities under the reference policy, or null. */
  public FloatColumn referenceLogprob() {
    return referenceLogprob;
  }

  /** Sets the log-probabilities under the reference policy; required if the loss has a KL term. */
  public PolicyGradient referenceLogprob(FloatColumn referenceLogprob) {
    this.referenceLogprob = referenceLogprob;
    return this;
  }

  /** Log-probabilities reported by the sampler, or null. */
  public FloatColumn rolloutLogprob() {
    return rolloutLogprob;
  }

  /** Sets the log-probabilities reported by the sampler. Null: no rollout weight. */
  public PolicyGradient rolloutLogprob(FloatColumn rolloutLogprob) {
    this.rolloutLogprob = rolloutLogprob;
    return this;
  }

  /** Weights of the rows, or null. */
  public FloatColumn weight() {
    return weight;
  }

  /** Sets the weights of the rows, such as 1 / token count for a mean. Null: 1. */
  public PolicyGradient weight(FloatColumn weight) {
    this.weight = weight;
    return this;
  }

  /** The column of losses, including the weight, or null. */
  public FloatColumn loss() {
    return loss;
  }

  /** Sets the column of losses. Null: not written. */
  public PolicyGradient loss(FloatColumn loss) {
    this.loss = loss;
    return this;
  }

  /** The column of log-probabilities of the targets, or null. */
  public FloatColumn logprob() {
    return logprob;
  }

  /** Sets the column of log-probabilities of the targets. Null: not written. */
  public PolicyGradient logprob(FloatColumn logprob) {
    this.logprob = logprob;
    return this;
  }

  /** The column of entropies in nats, or null. */
  public FloatColumn entropy() {
    return entropy;
  }

  /** Sets the column of entropies. Null: not written. */
  public PolicyGradient entropy(FloatColumn entropy) {
    this.entropy = entropy;
    return this;
  }

  /** The column of ratios exp(logprob − oldLogprob), or null. */
  public FloatColumn ratio() {
    return ratio;
  }

  /** Sets the column of ratios. Null: not written. */
  public PolicyGradient ratio(FloatColumn ratio) {
    this.ratio = ratio;
    return this;
  }

  /** The column of estimates of the KL divergence from the reference policy, or null. */
  public FloatColumn kl() {
    return kl;
  }

  /** Sets the column of KL estimates, without the KL coefficient. Null: not written. */
  public PolicyGradient kl(FloatColumn kl) {
    this.kl = kl;
    return this;
  }

  /** The column of clip flags, or null. */
  public ByteColumn clipFlags() {
    return clipFlags;
  }

  /**
   * Sets the column of clip flags, {@code PolicyLoss.CLIPPED_*} and {@code CLAMPED_RATIO}. Null:
   * not written.
   */
  public PolicyGradient clipFlags(ByteColumn clipFlags) {
    this.clipFlags = clipFlags;
    return this;
  }

  /** The matrix of gradients, or null. */
  public Matrix gradient() {
    return output();
  }

  /**
   * Sets the matrix of gradients: the logits, or a matrix of their shape and type. Null: forward
   * pass only.
   */
  public PolicyGradient gradient(Matrix gradient) {
    return output(gradient);
  }

  @Override
  PolicyGradient self() {
    return this;
  }

  @Override
  void assign(PolicyGradient other) {
    super.assign(other);
    policy = other.policy;
    targets = other.targets;
    advantage = other.advantage;
    oldLogprob = other.oldLogprob;
    referenceLogprob = other.referenceLogprob;
    rolloutLogprob = other.rolloutLogprob;
    weight = other.weight;
    loss = other.loss;
    logprob = other.logprob;
    entropy = other.entropy;
    ratio = other.ratio;
    kl = other.kl;
    clipFlags = other.clipFlags;
  }

  @Override
  public void accept(Visitor visitor) {
    visitor.policy("policy", policy);
    visitor.input("targets", targets, true);
    visitor.input("advantage", advantage, true);
    visitor.input("oldLogprob", oldLogprob, false);
    visitor.input("referenceLogprob", referenceLogprob, policy.kl() != Kl.NONE);
    visitor.input("rolloutLogprob", rolloutLogprob, false);
    visitor.input("weight", weight, false);
    visitor.output("loss", loss, false);
    visitor.output("logprob", logprob, false);
    visitor.output("entropy", entropy, false);
    visitor.output("ratio", ratio, false);
    visitor.output("kl", kl, false);
    visitor.output("clipFlags", clipFlags, false);
    visitor.outputMatrix("gradient", gradient(), false);
  }
}
