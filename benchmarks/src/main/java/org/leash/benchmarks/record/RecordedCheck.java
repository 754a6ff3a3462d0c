package org.leash.benchmarks.record;

import org.leash.benchmarks.csv.ResultStatus;
import org.leash.benchmarks.csv.Row;

/**
 * A comparison of an output with the reference or, without an output, the failure of a contender.
 * Missing errors are NaN.
 *
 * @param phase before or after the timing; run: during it
 */
public record RecordedCheck(
    int fork,
    String phase,
    String output,
    double maxAbsErr,
    double maxRelErr,
    double meanSignedErr,
    double tol,
    String reference,
    ResultStatus status,
    String reason) {

  static RecordedCheck of(Row row) {
    return new RecordedCheck(
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
