package org.leash.benchmarks.record;

import org.leash.benchmarks.csv.ResultStatus;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Sensors;

/**
 * A timed block.
 *
 * @param seq number in the run, from 1
 * @param process number of the process in the run; 0 if unrecorded
 * @param fork number of the replicate
 * @param round number in the fork; a contender has at most one block in it
 * @param slot place in the round, from 1
 * @param launches number in the block
 * @param timeNs time of one launch
 * @param sensors of the device
 * @param status if not OK, the sample is not used
 * @param timestamp UTC, ISO 8601
 */
public record Sample(
    long seq,
    int process,
    int fork,
    int round,
    int slot,
    long launches,
    double timeNs,
    Sensors sensors,
    ResultStatus status,
    String timestamp) {

  static Sample of(Row row) {
    return new Sample(
        row.has("seq") ? Long.parseLong(row.get("seq")) : 0,
        row.has("process") ? row.count("process") : 0,
        row.count("fork"),
        row.count("round"),
        row.has("slot") ? row.count("slot") : 0,
        row.has("launches") ? Long.parseLong(row.get("launches")) : 1,
        row.number("time_ns"),
        Sensors.of(row),
        row.status(),
        row.get("ts_utc"));
  }
}
