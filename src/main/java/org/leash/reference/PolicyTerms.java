package org.leash.reference;

import static org.leash.reference.PolicyLoss.CLAMPED_RATIO;
import static org.leash.reference.PolicyLoss.CLIPPED_DUAL;
import static org.leash.reference.PolicyLoss.CLIPPED_HIGH;
import static org.leash.reference.PolicyLoss.CLIPPED_LOW;

/**
 * The terms of {@link PolicyLoss}: each surrogate is one case with its value, its derivative and
 * its flags, and so is each KL estimator. {@code native/common/policy_loss.h} is the twin of this
 * file.
 */
final class PolicyTerms {
  private static final double LARGEST_DIFFERENCE = 20.0;

  private PolicyTerms() {}

  /**
   * The loss of one token, with the logarithm of its ratio and its rollout weight given.
   *
   * @param logRatio not clamped yet
   * @param logRatioSlope its derivative with respect to logprob
   * @param rolloutWeight 1 without one
   * @param rolloutFlags what became of the rollout weight
   */
  static void evaluate(
      PolicyLoss policy,
      double logprob,
      double entropy,
      double advantage,
      double oldLogprob,
      double logRatio,
      double logRatioSlope,
      double referenceLogprob,
      double rolloutWeight,
      int rolloutFlags,
      double weight,
      PolicyLoss.Sink sink) {
    double ratio = Math.exp(clamp(logRatio));
    double slope = isClamped(logRatio) ? 0.0 : ratio * logRatioSlope;

    double surrogate;
    double surrogateSlope;
    int flags = isClamped(logRatio) ? CLAMPED_RATIO : 0;
    double low = 1.0 - policy.clipLow();
    double high = 1.0 + policy.clipHigh();
    switch (policy.kind()) {
      case PPO_CLIP -> {
        double value = -Math.min(ratio * advantage, Math.clamp(ratio, low, high) * advantage);
        surrogate = advantage < 0.0 ? Math.min(value, -policy.dualClip() * advantage) : value;
        int clips =
            (advantage < 0.0 && ratio < low ? CLIPPED_LOW : 0)
                | (advantage > 0.0 && ratio > high ? CLIPPED_HIGH : 0)
                | (advantage < 0.0 && ratio > policy.dualClip() ? CLIPPED_DUAL : 0);
        surrogateSlope = clips == 0 ? -advantage * slope : 0.0;
        flags |= clips;
      }
      case REINFORCE -> {
        surrogate = -advantage * finite(logprob);
        surrogateSlope = -advantage;
      }
      case CISPO -> {
        double constant = Math.clamp(ratio, low, high);
        surrogate = -constant * advantage * finite(logprob);
        surrogateSlope = -constant * advantage;
        flags |= (ratio < low ? CLIPPED_LOW : 0) | (ratio > high ? CLIPPED_HIGH : 0);
      }
      case SAPO -> {
        double tau = advantage > 0.0 ? policy.shapePositive() : policy.shapeNegative();
        double x = tau * (ratio - 1.0);
        surrogate = -advantage * 4.0 / tau * sigmoid(x);
        surrogateSlope = -advantage * 4.0 * sigmoid(x) * sigmoid(-x) * slope;
      }
      case PROBABILITY_MASK, PROBABILITY_MASK_TWO_SIDED -> {
        boolean twoSided = policy.kind() == PolicyLoss.Kind.PROBABILITY_MASK_TWO_SIDED;
        double moved = Math.exp(logprob) - Math.exp(oldLogprob);
        int mask =
            (moved > policy.clipHigh() && (twoSided || advantage > 0.0) ? CLIPPED_HIGH : 0)
                | (moved < -policy.clipLow() && (twoSided || advantage < 0.0) ? CLIPPED_LOW : 0);
        surrogate = mask == 0 ? -ratio * advantage : 0.0 * advantage;
        surrogateSlope = mask == 0 ? -slope * advantage : 0.0;
        flags |= mask;
      }
      case SHAPED -> {
        double p = Math.exp(logprob);
        double gamma = policy.shapePositive();
        surrogate = -advantage * p / (p + gamma);
        surrogateSlope = -advantage * p * gamma / Math.pow(p + gamma, 2.0);
      }
      default -> throw new AssertionError(policy.kind());
    }

    double kl = 0.0;
    double klSlope = 0.0;
    if (policy.kl() != PolicyLoss.Kl.NONE) {
      double difference = difference(logprob, referenceLogprob);
      double d = clamp(difference);
      double moves = isClamped(difference) ? 0.0 : 1.0;
      double k3 = Math.expm1(-d) + d;
      double k3Slope = -Math.expm1(-d) * moves;
      switch (policy.kl()) {
        case K1 -> {
          kl = d;
          klSlope = moves;
        }
        case K2 -> {
          kl = d * d / 2.0;
          klSlope = d * moves;
        }
        case K3 -> {
          kl = k3;
          klSlope = k3Slope;
        }
        case K1_CORRECTED -> {
          kl = ratio * d;
          klSlope = slope * d + ratio * moves;
        }
        case K3_CORRECTED -> {
          kl = ratio * k3;
          klSlope = slope * k3 + ratio * k3Slope;
        }
        case K1_STRAIGHT -> {
          kl = d;
          klSlope = d * moves;
        }
        case K3_STRAIGHT -> {
          kl = k3;
          klSlope = d * moves;
        }
        default -> throw new AssertionError(policy.kl());
      }
    }

    sink.accept(
        weight
            * (rolloutWeight * surrogate
                + policy.klCoefficient() * kl
                - policy.entropyCoefficient() * entropy),
        ratio,
        kl,
        flags | rolloutFlags,
        weight * (rolloutWeight * surrogateSlope + policy.klCoefficient() * klSlope),
        weight * -policy.entropyCoefficient());
  }

  static double difference(double a, double b) {
    return a == b ? 0.0 : a - b;
  }

  static double clamp(double difference) {
    return Math.clamp(difference, -LARGEST_DIFFERENCE, LARGEST_DIFFERENCE);
  }

  static boolean isClamped(double difference) {
    return Math.abs(difference) > LARGEST_DIFFERENCE;
  }

  private static double finite(double logprob) {
    return logprob < -0x1p100 ? -0x1p100 : logprob;
  }

  private static double sigmoid(double x) {
    return 1.0 / (1.0 + Math.exp(-x));
  }
}
