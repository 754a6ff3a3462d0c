package org.leash.training.run;

import org.leash.training.setting.Setting;

/** The task, algorithm, seed and length of a run. */
public record RunConfig(
    @Setting(value = "task: see --list", usual = "rare-modes") String task,
    @Setting(value = "algorithm: see --list", usual = "grpo") String preset,
    @Setting(value = "random seed", usual = "1") long seed,
    @Setting(value = "steps in total", usual = "500", min = 0, free = true) int steps) {}
