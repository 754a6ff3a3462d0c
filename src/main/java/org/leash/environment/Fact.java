package org.leash.environment;

/**
 * A row of env.csv: one property of the machine or the software.
 *
 * @param key dotted, such as {@code jvm.version}
 * @param value as text
 * @param unit "" if there is none
 */
public record Fact(String key, String value, String unit) {}
