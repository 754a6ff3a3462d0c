package org.leash.benchmarks.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.csv.Samples;

final class DerivationTest {
  private static final long BYTES = 256L * 32768 * 4;

  private final List<Row> rows = new ArrayList<>();

  private void sample(String variant, String role, int fork, int round, double nanos) {
    rows.add(
        Row.of(RunTable.SAMPLES)
            .set(Samples.key(variant, role))
            .set("fork", fork)
            .set("round", round)
            .set("time_ns", nanos));
  }

  private void ceiling(String kind, double rate) {
    rows.add(
        Row.of(RunTable.CEILINGS)
            .set("params", "threads=1")
            .set("kind", kind)
            .set("rate", rate)
            .set("fork", 1));
  }

  private List<Row> derive() {
    return Derivation.of(RecordedRun.of(rows), "");
  }

  private Row result(String variant, String metric) {
    return derive().stream()
        .filter(row -> row.get("variant").equals(variant) && row.get("metric").equals(metric))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void forkIsUnitOfReplication() {
    for (int round = 1; round <= 5; round++) {
      sample("a", "candidate", 1, round, 1e6 + round);
      sample("a", "candidate", 2, round, 2e6 + round);
    }

    Row time = result("a", "wall_sync_time");

    assertThat(time.number("center")).isEqualTo(Math.sqrt((1e6 + 3) * (2e6 + 3)), within(1e-3));
    assertThat(time.number("ci_hi") / time.number("center")).isGreaterThan(10);
    assertThat(time.get("n_forks")).isEqualTo("2");
    assertThat(time.get("n_samples")).isEqualTo("10");
    assertThat(time.get("flags")).contains("few_forks").contains("not_checked");
  }

  @Test
  void ratiosArePairedByRound() {
    for (int fork = 1; fork <= 3; fork++) {
      for (int round = 1; round <= 4; round++) {
        double drift = fork * round * 1e6;
        sample("a", "candidate", fork, round, drift);
        sample("b", "peer", fork, round, 3 * drift);
      }
    }

    Row time = result("b", "wall_sync_time");

    assertThat(time.get("base")).isEqualTo("a");
    assertThat(time.number("ratio_to_base")).isEqualTo(3, within(1e-9));
    assertThat(time.number("ratio_ci_hi") - time.number("ratio_ci_lo")).isLessThan(1e-9);
    assertThat(time.number("ci_hi") / time.number("ci_lo")).isGreaterThan(2);
  }

  @Test
  void reportsBindingCeiling() {
    double nanos = 4e6;
    sample("a", "candidate", 1, 1, nanos);
    ceiling("read", 20);
    ceiling("exp", 4);

    Row time = result("a", "wall_sync_time");

    // Reading takes 1.68 ms at 20 GB/s, exponentials 2.1 ms at 4 Gexp/s.
    assertThat(time.get("ceiling_kind")).isEqualTo("exp");
    assertThat(time.number("pct_ceiling")).isEqualTo(100 * BYTES / 4 / 4.0 / nanos, within(1e-9));
    assertThat(result("a", "throughput").number("center")).isEqualTo(BYTES / nanos, within(1e-9));
    assertThat(result("a", "rows_per_s").number("center")).isEqualTo(256e9 / nanos, within(1e-6));
  }

  @Test
  void timeAboveCeilingIsInvalid() {
    sample("a", "candidate", 1, 1, 1e6);
    ceiling("read", 20);

    Row time = result("a", "wall_sync_time");

    assertThat(time.get("status")).isEqualTo("INVALID");
    assertThat(time.get("flags")).contains("over_ceiling");
    assertThat(time.get("center")).isEmpty();
    assertThat(time.get("reason")).contains("168 %");
  }

  @Test
  void onlyOkRowsHaveCenter() {
    sample("good", "candidate", 1, 1, 1e6);
    sample("bad", "candidate", 1, 1, 1e5);
    rows.add(
        Row.of(RunTable.CHECKS)
            .set(Samples.key("bad", "candidate"))
            .set("fork", 1)
            .set("status", "INCORRECT_NUMERICAL")
            .set("reason", "entropy"));
    rows.add(
        Row.of(RunTable.CHECKS)
            .set(Samples.key("dead", "candidate"))
            .set("fork", 1)
            .set("status", "TIMEOUT")
            .set("reason", "silence"));

    List<Row> results = derive();

    assertThat(results)
        .allMatch(row -> row.get("status").equals("OK") == !row.get("center").isEmpty());
    assertThat(result("dead", "wall_sync_time").get("status")).isEqualTo("TIMEOUT");
    assertThat(result("good", "wall_sync_time").get("base")).isEqualTo("good");
  }

  private Row block(String variant, int fork, int round, int slot, double nanos) {
    Row row =
        Row.of(RunTable.SAMPLES)
            .set(Samples.key(variant, "candidate"))
            .set("fork", fork)
            .set("round", round)
            .set("slot", slot)
            .set("launches", 1)
            .set("time_ns", nanos);
    rows.add(row);
    return row;
  }

  private List<String> flags(String variant) {
    return List.of(result(variant, "wall_sync_time").get("flags").split(";", -1));
  }

  @Test
  void flagsWarn() {
    for (int fork = 1; fork <= 4; fork++) {
      for (int round = 1; round <= 8; round++) {
        double wobble = 1 + 0.001 * ((fork * 7 + round * 3) % 5);
        int slot = 1 + (round + fork) % 2;
        block("steady", fork, round, 3 - slot, 1e6 * wobble);
        block("late", fork, round, slot, 2e6 * wobble * (slot == 2 ? 1.08 : 1));
        block("wild", fork, round, 1, 1e6 * (1 + round % 4));
        block("tiny", fork, round, 1, 500);
        block("hot", fork, round, 1, 1e6).set("throttle_bits", 0x20 | 0x1);
        block("idle", fork, round, 1, 1e6).set("throttle_bits", 0x1);
        block("drifting", fork, round, 1, 1e6).set("sm_clock_mhz", 1900 - 30 * round);
      }
    }

    assertThat(flags("steady")).containsExactly("not_checked");
    assertThat(flags("late")).contains("order_bias");
    assertThat(flags("wild")).contains("unstable").doesNotContain("order_bias");
    assertThat(flags("tiny")).contains("below_floor");
    assertThat(flags("hot")).contains("throttled");
    assertThat(flags("idle")).doesNotContain("throttled");
    assertThat(flags("drifting")).contains("clock_drift");
    Row fast =
        Derivation.of(RecordedRun.of(rows), "late").stream()
            .filter(row -> row.get("variant").equals("tiny"))
            .findFirst()
            .orElseThrow();
    assertThat(fast.get("flags")).contains("suspicious_speedup");
  }
}
