package org.leash.training.algorithm;

import java.util.Optional;
import org.leash.training.setting.Setting;

/** Replaces the algorithm's correction for the difference between sampler and policy. */
public record RolloutCorrectionConfig(
    @Setting(value = "correction for the sampler's probabilities: see --list", usual = "preset")
        Optional<String> rolloutCorrection,
    @Setting(value = "smallest weight of the correction", usual = "0.0", min = 0)
        double rolloutFloor,
    @Setting(
            value = "largest weight of the correction; infinity: any",
            usual = "infinity",
            above = 0)
        double rolloutCap) {
  /** Checks that the bounds are in order. */
  public RolloutCorrectionConfig {
    if (rolloutFloor > rolloutCap) {
      throw new IllegalArgumentException(
          "rolloutFloor = %s is out of range: at most rolloutCap = %s"
              .formatted(rolloutFloor, rolloutCap));
    }
  }
}
