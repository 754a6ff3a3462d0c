package org.leash.training.algorithm;

import java.util.OptionalDouble;
import org.leash.training.setting.Setting;

/** Updates of the policy and the critic. */
public record UpdateConfig(
    @Setting(value = "passes over the completions of a step", usual = "1", min = 1) int epochs,
    @Setting(value = "updates per pass, <= prompts", usual = "1", min = 1) int minibatches,
    @Setting(value = "optimizer: sgd or adamw", usual = "sgd") String optimizer,
    @Setting(value = "learning rate", usual = "0.1", above = 0, max = Double.MAX_VALUE)
        double learningRate,
    @Setting(
            value = "learning rate of the critic; nan: the same",
            usual = "nan",
            above = 0,
            max = Double.MAX_VALUE)
        OptionalDouble criticLearningRate,
    @Setting(value = "steps of linear warm-up of both learning rates", usual = "0", min = 0)
        int warmup,
    @Setting(
            value = "L2 norm to which larger gradients are clipped; infinity: never",
            usual = "infinity",
            above = 0)
        double maxGradientNorm,
    @Setting(
            value = "most that an update moves the critic's values; infinity: any",
            usual = "infinity",
            above = 0)
        double valueClip,
    @Setting(
            value =
                "entropy in nats below which the entropy coefficient rises and above which it is 0;"
                    + " nan: fixed coefficient",
            usual = "nan")
        OptionalDouble entropyTarget,
    @Setting(
            value = "steps between resets of the reference to the policy; 0: never",
            usual = "0",
            min = 0)
        int referenceReset) {}
