package org.leash.benchmarks.record;

import org.leash.benchmarks.csv.Row;

/**
 * Something that did not go as planned, or was left out.
 *
 * @param fork 0 where it concerns no fork
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
