package org.leash.training.algorithm;

import java.util.Optional;
import java.util.OptionalDouble;
import org.leash.training.setting.Setting;

/** Replaces the algorithm's KL to the reference; empty values keep the algorithm's own. */
public record KlConfig(
    @Setting(value = "KL coefficient; nan: the algorithm's", usual = "nan", min = 0)
        OptionalDouble klCoefficient,
    @Setting(
            value =
                "KL estimator k1, k2, k3 ...: see --list; preset: the algorithm's, but k2 if a"
                    + " coefficient is given",
            usual = "preset")
        Optional<String> klEstimator,
    @Setting(
            value =
                "loss or reward, and none elsewhere; preset: the algorithm's, but loss if a"
                    + " coefficient is given",
            usual = "preset")
        Optional<String> klIn,
    @Setting(
            value =
                "largest size of a token's KL estimate in the loss, beyond which it has no"
                    + " gradient; nan: the algorithm's, infinity: any",
            usual = "nan",
            above = 0)
        OptionalDouble klBound) {}
