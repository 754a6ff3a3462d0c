package org.leash.training.files;

/**
 * A row of env.csv: something about the machine or the software of a run.
 *
 * @param key dotted, as in the benchmarks' env.csv: {@code jvm.version}
 * @param unit "" where there is none
 */
public record Fact(String key, String value, String unit) {}
