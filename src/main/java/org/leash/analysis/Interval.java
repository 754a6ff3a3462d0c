package org.leash.analysis;

/**
 * An estimate with its confidence interval.
 *
 * @param value the estimate
 * @param low lower end; NaN where there is none
 * @param high upper end
 */
public record Interval(double value, double low, double high) {}
