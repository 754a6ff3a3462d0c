package org.leash.analysis;

/**
 * An estimate with its confidence interval.
 *
 * @param value the estimate
 * @param low lower end; NaN if unknown
 * @param high upper end; NaN if unknown
 */
public record Interval(double value, double low, double high) {}
