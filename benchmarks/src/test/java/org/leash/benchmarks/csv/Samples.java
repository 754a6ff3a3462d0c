package org.leash.benchmarks.csv;

import java.util.List;

/** Rows of samples.csv as a run writes them. */
public final class Samples {
  private Samples() {}

  /** The key of 256 × 32768 f32 logits. */
  public static Key key(String variant, String role) {
    return new Key(
        List.of(
            "quick",
            "token_statistics",
            variant,
            "fake",
            role,
            "logprob+entropy",
            "f32",
            "f32",
            "f32",
            "256",
            "32768",
            "false",
            "threads=1",
            "normal_s2.5",
            "1",
            "warm",
            "wall_sync",
            "cpu"));
  }

  public static Row row(String variant, int fork, int round, double nanos) {
    return Row.of(RunTable.SAMPLES)
        .set(key(variant, "candidate"))
        .set("ts_utc", "2026-01-01T00:00:00Z")
        .set("fork", fork)
        .set("round", round)
        .set("slot", 1)
        .set("launches", 1)
        .set("time_ns", nanos);
  }
}
