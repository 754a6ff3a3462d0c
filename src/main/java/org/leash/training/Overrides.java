package org.leash.training;

import org.leash.loss.Preset;
import org.leash.reference.PolicyLoss;

/** What a configuration changes of an algorithm. */
final class Overrides {
  private Overrides() {}

  /** The algorithm with the configuration's numbers where it has any. */
  static Preset of(TrainingConfig config, Preset preset) {
    return preset.withObjective(
        preset.objective().withPolicy(loss(config, preset.objective().policy())));
  }

  private static PolicyLoss loss(TrainingConfig config, PolicyLoss loss) {
    PolicyLoss adjusted =
        new PolicyLoss(
            loss.kind(),
            loss.kl(),
            loss.rollout(),
            or(config.clipLow(), loss.clipLow()),
            or(config.clipHigh(), loss.clipHigh()),
            loss.dualClip(),
            loss.shapePositive(),
            loss.shapeNegative(),
            loss.rolloutFloor(),
            loss.rolloutCap(),
            loss.klCoefficient(),
            or(config.entropyCoefficient(), loss.entropyCoefficient()));
    if (Double.isNaN(config.klCoefficient())) {
      return adjusted;
    }
    return config.klCoefficient() == 0
        ? adjusted.withKl(PolicyLoss.Kl.NONE, 0)
        : adjusted.withKl(PolicyLoss.Kl.K2, config.klCoefficient());
  }

  private static double or(double value, double otherwise) {
    return Double.isNaN(value) ? otherwise : value;
  }
}
