package org.leash.reference;

import static org.leash.loss.PolicyLoss.CLAMPED_RATIO;
import static org.leash.loss.PolicyLoss.CLIPPED_DUAL;
import static org.leash.loss.PolicyLoss.CLIPPED_HIGH;
import static org.leash.loss.PolicyLoss.CLIPPED_LOW;
import static org.leash.loss.PolicyLoss.CLIPPED_ROLLOUT;

import java.util.OptionalDouble;
import org.leash.loss.PolicyLoss;

/**
 * The {@link PolicyLoss} of one token, each term as in its source: an objective to maximise or a
 * penalty. Derivatives come from automatic differentiation, so that they share no formula, and no
 * mistake, with the kernels.
 */
public final class PolicyReference {
  /** Lower bound of log-probabilities as factors, which avoids 0 · −∞. */
  private static final double LEAST_LOGPROB = -0x1p100;

  private final PolicyLoss policy;
  private final Dual logprob;
  private final double oldLogprob;
  private final double advantage;
  private final Dual ratio;

  /**
   * A token.
   *
   * @param logprob a variable, or a constant for derivatives with respect to another token's
   *     logprob
   * @param logRatio of the token or its response, clamped
   */
  PolicyReference(
      PolicyLoss policy, Dual logprob, double oldLogprob, double advantage, Dual logRatio) {
    this.policy = policy;
    this.logprob = logprob;
    this.oldLogprob = oldLogprob;
    this.advantage = advantage;
    this.ratio = logRatio.exp();
  }

  /**
   * The loss of a token and its derivatives.
   *
   * @param loss the loss, including the weight
   * @param ratio exp(logprob − oldLogprob), clamped, before any clip
   * @param kl the KL estimate, without its coefficient; 0 without an estimator
   * @param clipFlags the sum of the applicable flags
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

  /**
   * The loss of one token.
   *
   * @param oldLogprob equal to {@code logprob} if there is none, so that the ratio is 1
   * @param referenceLogprob ignored without a KL term
   * @param rolloutLogprob empty: no rollout weight
   */
  public static Outcome evaluate(
      PolicyLoss policy,
      double logprob,
      double entropy,
      double advantage,
      double oldLogprob,
      double referenceLogprob,
      OptionalDouble rolloutLogprob,
      double weight) {
    Dual variable = Dual.variable(logprob);
    Dual logRatio = difference(variable, oldLogprob);
    PolicyReference token = new PolicyReference(policy, variable, oldLogprob, advantage, logRatio);
    double rolloutWeight = 1.0;
    int flags = token.clips() | (Math.abs(logprob - oldLogprob) > 20.0 ? CLAMPED_RATIO : 0);
    if (rolloutLogprob.isPresent()) {
      double w = rolloutRatio(oldLogprob, rolloutLogprob.getAsDouble());
      rolloutWeight = rolloutWeight(policy, w);
      flags |= isOutside(policy, w) ? CLIPPED_ROLLOUT : 0;
    }
    Dual loss = token.loss(entropy, referenceLogprob, rolloutWeight, weight);
    return new Outcome(
        loss.value(),
        token.ratio.value(),
        token.kl(referenceLogprob).value(),
        flags,
        loss.slope(),
        -weight * policy.entropyCoefficient());
  }

  /** The loss as a function of logprob; its derivative with respect to the entropy is constant. */
  Dual loss(double entropy, double referenceLogprob, double rolloutWeight, double weight) {
    return kl(referenceLogprob)
        .times(policy.klCoefficient())
        .minus(objective().times(rolloutWeight))
        .minus(Dual.constant(policy.entropyCoefficient() * entropy))
        .times(weight);
  }

  /** logprob − base, clamped to ±20; 0 between equal infinities. */
  static Dual difference(Dual logprob, double base) {
    return new Dual(logprob.value() == base ? 0.0 : logprob.value() - base, logprob.slope())
        .clip(-20.0, 20.0);
  }

  /** w, the probability of the token under the old policy relative to the sampler. */
  static double rolloutRatio(double oldLogprob, double rolloutLogprob) {
    return Math.exp(difference(Dual.constant(oldLogprob), rolloutLogprob).value());
  }

  static double rolloutWeight(PolicyLoss policy, double w) {
    return switch (policy.rollout()) {
      case TRUNCATE -> Math.max(policy.rolloutFloor(), Math.min(w, policy.rolloutCap()));
      case MASK -> isOutside(policy, w) ? 0.0 : w;
    };
  }

  private static boolean isOutside(PolicyLoss policy, double w) {
    return w > policy.rolloutCap() || w < policy.rolloutFloor();
  }

  /** The objective to maximise, the negative of the surrogate. */
  private Dual objective() {
    Dual clipped = ratio.clip(1.0 - policy.clipLow(), 1.0 + policy.clipHigh());
    Dual weighted = ratio.times(advantage);
    Dual finite = new Dual(Math.max(logprob.value(), LEAST_LOGPROB), logprob.slope());
    return switch (policy.surrogate()) {
      case PPO_CLIP -> {
        Dual least = weighted.min(clipped.times(advantage));
        yield advantage < 0.0 ? least.max(Dual.constant(policy.dualClip() * advantage)) : least;
      }
      case REINFORCE -> finite.times(advantage);
      case CISPO -> finite.times(clipped.stopped()).times(advantage);
      case SAPO -> {
        double tau = advantage > 0.0 ? policy.shapePositive() : policy.shapeNegative();
        Dual gate = ratio.minus(Dual.constant(1.0)).times(tau).sigmoid();
        yield gate.times(4.0 / tau).times(advantage);
      }
      case PROBABILITY_MASK, PROBABILITY_MASK_TWO_SIDED ->
          clips() == 0 ? weighted : Dual.constant(0.0 * advantage);
      case PROBABILITY_MASK_SCORE, DIVERGENCE_MASK_SCORE -> {
        Dual bounded = ratio.min(Dual.constant(policy.dualClip())).stopped();
        boolean isMasked = (clips() & (CLIPPED_LOW | CLIPPED_HIGH)) != 0;
        yield isMasked ? Dual.constant(0.0) : finite.times(bounded).times(advantage);
      }
      case TOPR -> {
        Dual bounded = ratio.min(Dual.constant(policy.dualClip())).stopped();
        yield finite.times(advantage > 0.0 ? Dual.constant(1.0) : bounded).times(advantage);
      }
      case CISPO_MASKED ->
          weighted.value() > clipped.value() * advantage
              ? Dual.constant(0.0)
              : finite.times(clipped.stopped()).times(advantage);
      // π / (π + γ) = σ(log π − log γ).
      case SHAPED ->
          logprob.minus(Dual.constant(Math.log(policy.shapePositive()))).sigmoid().times(advantage);
    };
  }

  /** The bounds of the surrogate that took effect. */
  private int clips() {
    double r = ratio.value();
    double low = 1.0 - policy.clipLow();
    double high = 1.0 + policy.clipHigh();
    double moved = Math.exp(logprob.value()) - Math.exp(oldLogprob);
    return switch (policy.surrogate()) {
      case PPO_CLIP -> {
        if (advantage > 0.0) {
          yield r > high ? CLIPPED_HIGH : 0;
        }
        boolean isBad = advantage < 0.0;
        yield isBad && r < low ? CLIPPED_LOW : isBad && r > policy.dualClip() ? CLIPPED_DUAL : 0;
      }
      case CISPO, CISPO_MASKED -> r < low ? CLIPPED_LOW : r > high ? CLIPPED_HIGH : 0;
      case TOPR -> advantage > 0.0 ? 0 : orCapped(0);
      case PROBABILITY_MASK -> movedWithAdvantage(moved);
      case PROBABILITY_MASK_SCORE -> orCapped(movedWithAdvantage(moved));
      case DIVERGENCE_MASK_SCORE -> orCapped(divergedWithAdvantage(moved));
      case PROBABILITY_MASK_TWO_SIDED ->
          moved > policy.clipHigh() ? CLIPPED_HIGH : -moved > policy.clipLow() ? CLIPPED_LOW : 0;
      case REINFORCE, SAPO, SHAPED -> 0;
    };
  }

  private int orCapped(int mask) {
    return mask != 0 ? mask : ratio.value() > policy.dualClip() ? CLIPPED_DUAL : 0;
  }

  /** KL of the old policy against the new, both as distributions of "this token" and "another". */
  private int divergedWithAdvantage(double moved) {
    double old = Math.exp(oldLogprob);
    double now = Math.exp(logprob.value());
    double divergence =
        entropic(old, oldLogprob - logprob.value())
            + entropic(1.0 - old, Math.log((1.0 - old) / (1.0 - now)));
    if (advantage > 0.0 && moved > 0.0) {
      return divergence > policy.clipHigh() ? CLIPPED_HIGH : 0;
    }
    return advantage < 0.0 && moved < 0.0 && divergence > policy.clipLow() ? CLIPPED_LOW : 0;
  }

  /** a log(a / b) from its two factors; 0 for a ≤ 0. */
  private static double entropic(double a, double log) {
    return a > 0.0 ? a * log : 0.0;
  }

  private int movedWithAdvantage(double moved) {
    return advantage > 0.0 && moved > policy.clipHigh()
        ? CLIPPED_HIGH
        : advantage < 0.0 && -moved > policy.clipLow() ? CLIPPED_LOW : 0;
  }

  /** The estimate of the divergence. */
  private Dual kl(double referenceLogprob) {
    Dual d = difference(logprob, referenceLogprob);
    double bound = policy.klBound();
    Dual k1 = d.clip(-bound, bound);
    Dual k2 = d.times(d).times(0.5);
    Dual k3 = d.times(-1.0).expm1().plus(d).clip(-bound, bound);
    return switch (policy.kl()) {
      case NONE -> Dual.constant(0.0);
      case K1 -> k1;
      case K2 -> k2.clip(-bound, bound);
      case K3 -> k3;
      case K1_CORRECTED -> ratio.times(k1);
      case K3_CORRECTED -> ratio.times(k3);
      case K1_STRAIGHT -> k1.withSlopeOf(k2);
      case K3_STRAIGHT -> k3.withSlopeOf(k2);
      case ABS -> d.times(Math.signum(d.value())).clip(-bound, bound);
    };
  }
}
