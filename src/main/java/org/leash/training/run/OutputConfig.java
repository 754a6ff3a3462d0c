package org.leash.training.run;

import org.leash.training.setting.Setting;

/** Evaluations, checkpoints and logged completions. */
public record OutputConfig(
    @Setting(value = "steps between evaluations", usual = "50", min = 1) int evalEvery,
    @Setting(value = "samples per prompt in an evaluation", usual = "64", min = 1) int evalSamples,
    @Setting(value = "steps between checkpoints", usual = "50", min = 1) int checkpointEvery,
    @Setting(value = "latest checkpoints to keep, besides the best", usual = "2", min = 1)
        int keepCheckpoints,
    @Setting(
            value = "evaluation metric whose highest value marks the best checkpoint",
            usual = "eval/pass@1")
        String bestBy,
    @Setting(value = "completions per step in completions.jsonl", usual = "2", min = 0)
        int completions) {
  /** Checks that evaluations log the metric. */
  public OutputConfig {
    if (!Metric.isOfEvaluations(bestBy)) {
      throw new IllegalArgumentException(
          "bestBy = %s is not a metric of evaluations; leash metrics lists them".formatted(bestBy));
    }
  }
}
