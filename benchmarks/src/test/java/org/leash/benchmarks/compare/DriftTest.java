package org.leash.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.leash.benchmarks.compare.SmallRuns.anchored;
import static org.leash.benchmarks.compare.SmallRuns.between;
import static org.leash.benchmarks.compare.SmallRuns.changed;
import static org.leash.benchmarks.compare.SmallRuns.inside;
import static org.leash.benchmarks.compare.SmallRuns.row;
import static org.leash.benchmarks.compare.SmallRuns.run;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.report.TextReport;
import org.leash.benchmarks.selftest.SyntheticRun;
import picocli.CommandLine.Help.Ansi;

final class DriftTest {
  private static SyntheticRun base() {
    return run("r").readCeiling(100).with("entropy", "a", 1e6).with("entropy", "anchor", 3e6);
  }

  private static SyntheticRun later(double slowdown, double gbps) {
    return run("s")
        .readCeiling(gbps)
        .with("entropy", "a", slowdown * 1e6)
        .with("entropy", "anchor", 3e6);
  }

  /** Whichever way the ceilings went: they moved. */
  @ParameterizedTest
  @CsvSource({
    "1.05, 100, SLOWER",
    "1.05, 97, SLOWER",
    "1.05, 94, INCONCLUSIVE",
    "1.05, 107, INCONCLUSIVE",
    "0.95, 97, FASTER",
    "0.95, 94, INCONCLUSIVE",
    "1.00, 94, SAME"
  })
  void changeBelowDriftIsInconclusive(double slowdown, double gbps, Verdict verdict) {
    Question question = between(base().record(), later(slowdown, gbps).record());

    assertThat(row(question, "a").verdict()).isEqualTo(verdict);
    assertThat(question.answer().drift().orElseThrow())
        .isEqualTo(Math.abs(Math.log(gbps / 100)), within(1e-12));
  }

  @Test
  void driftIsReasonAndSuggestsNoForks() {
    Question question = between(base().record(), later(1.05, 94).record());

    assertThat(row(question, "a").reason()).isEqualTo("the ceilings moved by 6.4 %");
    assertThat(row(question, "a").forksNeeded()).isEmpty();
    assertThat(question.warnings()).anyMatch(each -> each.contains("--anchor VARIANT"));
    assertThat(TextReport.of(question, Ansi.OFF, 120))
        .contains("ceilings moved by up to 6.4 %", "? +5.0 % (the ceilings moved by 6.4 %)");
  }

  /** Of 6.0 ± 3.5 % neither the spread nor a movement of 5.3 % accounts alone. */
  @Test
  void combinesSpreadAndDrift() {
    Question still = between(spread("r", 100, 1), spread("s", 100, 1.06));
    Question moved = between(spread("r", 100, 1), spread("s", 95, 1.06));

    assertThat(row(still, "a").verdict()).isEqualTo(Verdict.SLOWER);
    assertThat(row(moved, "a").effect()).isEqualTo(row(still, "a").effect());
    assertThat(row(moved, "a").effect().orElseThrow().mean())
        .isGreaterThan(moved.answer().drift().orElseThrow());
    assertThat(row(moved, "a").verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(row(moved, "a").reason()).isEqualTo("the ceilings moved by 5.3 %");
  }

  /** A fork takes 1.5 % longer than the one before it. */
  private static RecordedRun spread(String id, double gbps, double slowdown) {
    return changed(
        run(id).readCeiling(gbps).with("entropy", "a", 1e6),
        row ->
            row.table() == RunTable.SAMPLES
                ? row.set("time_ns", slowdown * 1e6 * (0.955 + 0.015 * row.count("fork")))
                : row);
  }

  @Test
  void anchorCancelsDrift() {
    Question question = anchored(base().record(), later(1.05, 94).record(), "anchor");

    assertThat(row(question, "a").verdict()).isEqualTo(Verdict.SLOWER);
    assertThat(question.answer().drift(row(question, "a").pair())).hasValue(0);
  }

  @Test
  void ignoresCeilingsOfOtherSettings() {
    RecordedRun other =
        changed(
            later(1.05, 94),
            row -> row.table() == RunTable.CEILINGS ? row.set("params", "threads=2") : row);

    Question question = between(base().record(), other);

    assertThat(row(question, "a").verdict()).isEqualTo(Verdict.SLOWER);
    assertThat(question.answer().drift()).isEmpty();
    assertThat(question.warnings()).anyMatch(each -> each.contains("no ceiling"));
    assertThat(TextReport.of(question, Ansi.OFF, 120)).contains("ceilings moved by up to unknown");
  }

  @Test
  void noDriftInsideRun() {
    Question question = inside(base().record());

    assertThat(question.answer().drift()).hasValue(0);
    assertThat(question.warnings()).noneMatch(each -> each.contains("no ceiling"));
    assertThat(TextReport.terms(question)).doesNotContain("ceilings");
  }

  /** As for shares of the ceiling, the best fork of each run counts. */
  @Test
  void slowForkDoesNotLowerCeiling() {
    List<Row> rows = new ArrayList<>(base().rows());
    rows.add(
        Row.of(RunTable.CEILINGS)
            .set("run_id", "r")
            .set("fork", 2)
            .set("params", "threads=1")
            .set("kind", "read")
            .set("threads", 1)
            .set("rate", 60)
            .set("unit", "GB/s"));

    Question question = between(RecordedRun.of(rows), later(1.05, 100).record());

    assertThat(question.answer().drift()).hasValue(0);
    assertThat(row(question, "a").verdict()).isEqualTo(Verdict.SLOWER);
  }
}
