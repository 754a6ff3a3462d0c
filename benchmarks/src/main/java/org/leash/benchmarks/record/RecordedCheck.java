package org.leash.benchmarks.data;

import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Status;

/**
 * An output that was compared with the reference, or, without an output, what kept a contender from
 * having one. Errors are NaN where there are none.
 *
 * @param phase before or after the timing; run: what happened in between
 */
public record Checked(
    int fork,
    String phase,
    String output,
    double maxAbsErr,
    double maxRelErr,
    double meanSignedErr,
    double tol,
    String reference,
    Status status,
    String reason) {

  static Checked of(Row row) {
    return new Checked(
        row.count("fork"),
        row.get("phase"),
        row.get("output"),
        row.number("max_abs_err", Double.NaN),
        row.number("max_rel_err", Double.NaN),
        row.number("mean_signed_err", Double.NaN),
        row.number("tol", Double.NaN),
        row.get("reference"),
        row.status(),
        row.get("reason"));
  }
}
