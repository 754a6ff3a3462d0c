package org.leash.training.run;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.leash.training.algorithm.KlConfig;
import org.leash.training.algorithm.LossConfig;
import org.leash.training.algorithm.RolloutCorrectionConfig;
import org.leash.training.algorithm.UpdateConfig;
import org.leash.training.rollout.RolloutConfig;
import org.leash.training.setting.Setting;
import org.leash.training.setting.Settings;

/**
 * Everything that decides what a run computes, except the device. The settings of all groups, by
 * name, are the fields of {@code config.json} and the options of {@code leash train}.
 */
public record TrainingConfig(
    @Setting("Run") RunConfig run,
    @Setting("Sampling and rewards") RolloutConfig rollout,
    @Setting("Updates") UpdateConfig update,
    @Setting("Loss, in place of the algorithm's own") LossConfig loss,
    @Setting("KL to the reference, in place of the algorithm's own") KlConfig kl,
    @Setting("Correction of the sampler, in place of the algorithm's own")
        RolloutCorrectionConfig correction,
    @Setting("Evaluation and output") OutputConfig output) {

  private static final Settings<TrainingConfig> SETTINGS = new Settings<>(TrainingConfig.class);

  /** A short run on rare modes. */
  public static final TrainingConfig DEFAULT = SETTINGS.builder().build();

  /** Checks that every update has a prompt. */
  public TrainingConfig {
    if (update.minibatches() > rollout.prompts()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "minibatches = %d is out of range: at most prompts = %d",
              update.minibatches(),
              rollout.prompts()));
    }
  }

  /** The definitions of all settings, group by group. */
  public static List<Settings.Definition> definitions() {
    return SETTINGS.definitions();
  }

  /** A builder that starts with {@link #DEFAULT}; settings go by name. */
  public static Settings<TrainingConfig>.Builder builder() {
    return SETTINGS.builder();
  }

  /** A builder that starts with this configuration. */
  public Settings<TrainingConfig>.Builder toBuilder() {
    return SETTINGS.builder(this);
  }

  /** This configuration with one setting changed. */
  public TrainingConfig with(String name, Object value) {
    return toBuilder().set(name, value).build();
  }

  /** Names of settings that may differ when a run is resumed. */
  static Set<String> freeNames() {
    return definitions().stream()
        .filter(each -> each.setting().free())
        .map(Settings.Definition::name)
        .collect(Collectors.toSet());
  }

  /** Names to values as {@code config.json} has them. */
  public Map<String, Object> toMap() {
    return SETTINGS.toMap(this);
  }
}
