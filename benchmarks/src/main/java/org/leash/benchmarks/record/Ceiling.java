package org.leash.benchmarks.record;

import org.leash.benchmarks.csv.Row;

/**
 * A measured limit of the device. Unrecorded times are NaN.
 *
 * @param params of the contenders it bounds
 * @param kind read, copy, update, exp, …
 * @param threads number of threads; 0 if not applicable
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
