package org.leash.training.algorithm;

import java.util.Optional;
import java.util.OptionalDouble;
import org.leash.training.setting.Setting;

/** Replaces parts of the algorithm's loss; empty values keep the algorithm's own. */
public record LossConfig(
    @Setting(value = "advantage estimator: see --list", usual = "preset")
        Optional<String> advantage,
    @Setting(value = "aggregation of token losses: see --list", usual = "preset")
        Optional<String> aggregation,
    @Setting(value = "lower clip; nan: the algorithm's", usual = "nan", min = 0, max = 1)
        OptionalDouble clipLow,
    @Setting(
            value = "upper clip, for cispo the cap minus 1; nan: the algorithm's",
            usual = "nan",
            min = 0)
        OptionalDouble clipHigh,
    @Setting(
            value = "largest ratio where advantages are negative; nan: the algorithm's",
            usual = "nan",
            min = 1)
        OptionalDouble dualClip,
    @Setting(value = "entropy coefficient; nan: the algorithm's", usual = "nan")
        OptionalDouble entropyCoefficient,
    @Setting(
            value =
                "average of the entropy bonus: loss, as that of the losses, or the mean over the"
                    + " summed or all tokens",
            usual = "preset")
        Optional<String> entropyMean) {}
