package org.leash.training.rollout;

import java.util.Locale;
import org.leash.training.setting.Setting;

/** Sampling and rewards. */
public record RolloutConfig(
    @Setting(value = "prompts per step", usual = "1", min = 1) int prompts,
    @Setting(value = "completions per prompt", usual = "16", min = 2) int group,
    @Setting(
            value = "temperature of sampling and of the loss",
            usual = "1.0",
            above = 0,
            max = Double.MAX_VALUE)
        double temperature,
    @Setting(value = "reward: see --list", usual = "binary") String reward,
    @Setting(
            value =
                "penalized tokens at the end of the longest completion, linearly up to 1; 0: the"
                    + " algorithm's",
            usual = "0",
            min = 0)
        int overlongBuffer,
    @Setting(
            value =
                "drop prompts whose reward deviation is below this share of the average; 0: none",
            usual = "0.0",
            min = 0)
        double deviationFilter,
    @Setting(
            value = "replace prompts whose rewards are all equal by further samples",
            usual = "false")
        boolean dynamicSampling,
    @Setting(value = "most batches sampled per step for that purpose", usual = "10", min = 1)
        int samplingLimit,
    @Setting(
            value = "completions per group replaced by solutions from elsewhere, < group",
            usual = "0",
            min = 0)
        int offPolicy) {
  /** Checks that a group keeps a completion of its own. */
  public RolloutConfig {
    if (offPolicy >= group) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "offPolicy = %d is out of range: less than group = %d",
              offPolicy,
              group));
    }
  }
}
