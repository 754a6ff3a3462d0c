package org.leash.benchmarks.record;

import org.leash.benchmarks.csv.Row;

/**
 * A measured limit of the machine. Times are NaN where they were not noted.
 *
 * @param params of the contenders that it bounds
 * @param kind read, copy, update, exp, …
 * @param threads that took part; 0 where that means nothing
 * @param rate the best, in {@code unit}
 */
public record Ceiling(
    int fork,
    String params,
    String kind,
    int threads,
    double bestNs,
    double medianNs,
    double rate,
    String unit) {

  static Ceiling of(Row row) {
    return new Ceiling(
        row.count("fork"),
        row.get("params"),
        row.get("kind"),
        row.has("threads") ? row.count("threads") : 0,
        row.number("best_ns", Double.NaN),
        row.number("median_ns", Double.NaN),
        row.number("rate"),
        row.get("unit"));
  }
}
