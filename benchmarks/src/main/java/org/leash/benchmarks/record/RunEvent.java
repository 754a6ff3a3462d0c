package org.leash.benchmarks.record;

import org.leash.benchmarks.csv.Row;

/**
 * A deviation from the plan.
 *
 * @param fork 0 if none is concerned
 */
public record RunEvent(String timestamp, int fork, String kind, String subject, String detail) {

  static RunEvent of(Row row) {
    return new RunEvent(
        row.get("ts_utc"),
        row.has("fork") ? row.count("fork") : 0,
        row.get("kind"),
        row.get("subject"),
        row.get("detail"));
  }
}
