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
        double rolloutCap,
    @Setting(value = "whether weights are divided by their mean", usual = "false")
        boolean rolloutNormalised,
    @Setting(
            value = "rejections of tokens and completions, separated by commas: see --list",
            usual = "preset")
        Optional<String> rolloutRejection,
    @Setting(
            value =
                "whether averages count rejected tokens: kept or all; preset: the algorithm's, but"
                    + " kept if rejections are given",
            usual = "preset")
        Optional<String> rolloutCounted) {
  /** Checks that the bounds are in order. */
  public RolloutCorrectionConfig {
    if (rolloutFloor > rolloutCap) {
      throw new IllegalArgumentException(
          "rolloutFloor = %s is out of range: at most rolloutCap = %s"
              .formatted(rolloutFloor, rolloutCap));
    }
  }
}
