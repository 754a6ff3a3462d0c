package org.leash.benchmarks.data;

import org.leash.benchmarks.csv.Row;

/**
 * Something that did not go as planned, or was left out.
 *
 * @param fork 0 where it concerns no fork
 */
public record Event(String timestamp, int fork, String kind, String subject, String detail) {

  static Event of(Row row) {
    return new Event(
        row.get("ts_utc"),
        row.has("fork") ? row.count("fork") : 0,
        row.get("kind"),
        row.get("subject"),
        row.get("detail"));
  }
}
