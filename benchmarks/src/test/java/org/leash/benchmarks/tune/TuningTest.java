package org.leash.benchmarks.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.leash.benchmarks.csv.ResultStatus;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.plan.CaseKey;
import org.leash.benchmarks.plan.Contract;
import org.leash.benchmarks.plan.Identity;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.LogitDistribution;
import org.leash.benchmarks.plan.ProcessSetting;
import org.leash.benchmarks.plan.Suite;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.binding.LeashLibrary;
import org.leash.device.DType;
import org.leash.device.DeviceKind;
import org.leash.device.DeviceProperties;
import org.leash.kernel.panama.Choice;

/** What is chosen from times that are made up. */
final class TuningTest {
  private static final LocalDate DAY = LocalDate.of(2026, 12, 1);
  private static final DeviceProperties GPU =
      new DeviceProperties(
          DeviceKind.CUDA,
          0,
          "GPU X",
          0,
          1L << 36,
          1 << 26,
          "sm_90",
          90,
          132,
          232448,
          16,
          13000,
          true);
  private static final int FORKS = 5;

  private final List<Row> rows = new ArrayList<>();

  @BeforeEach
  void requireLibrary() {
    assumeTrue(LeashLibrary.isLoaded(), "choices come from the native library");
    rows.add(Row.of(RunTable.ENV).set("key", "cpu.name").set("value", "X"));
  }

  /** Adds the times of a contender, in microseconds. */
  private void time(int count, String variant, double micros, ResultStatus status) {
    KernelCase kernelCase =
        new KernelCase(
            Contract.POLICY_GRADIENT,
            DType.BF16,
            count,
            32000,
            LogitDistribution.PEAKED,
            KernelCase.ON_GPU);
    var key =
        CaseKey.of(
            Suite.TUNE,
            ProcessSetting.PLAIN,
            kernelCase,
            new Identity(variant, "cuda", Identity.Role.CANDIDATE),
            true);
    rows.add(
        Row.of(RunTable.CHECKS)
            .set(key)
            .set("fork", 1)
            .set("phase", "before")
            .set("output", "loss")
            .set("status", status)
            .set("reason", status == ResultStatus.OK ? "" : "off"));
    for (int fork = 1; fork <= FORKS; fork++) {
      // Forks differ by a few per mille, differently for each contender.
      double strays = 1 + 0.001 * ((fork * 7 + variant.length() * 3) % 5);
      rows.add(
          Row.of(RunTable.SAMPLES)
              .set(key)
              .set("seq", rows.size())
              .set("ts_utc", "2026-12-01T00:00:00Z")
              .set("process", fork)
              .set("fork", fork)
              .set("round", 1)
              .set("slot", 1)
              .set("launches", 1)
              .set("time_ns", 1000 * micros * strays));
    }
  }

  private void time(int count, String variant, double micros) {
    time(count, variant, micros, ResultStatus.OK);
  }

  private Tuning tuned() {
    rows.forEach(row -> row.set("run_id", "r"));
    return Tuning.of(RecordedRun.of(rows), GPU, DAY);
  }

  @Test
  void fastestThatIsShownToBeFasterIsChosen() {
    time(4, "native-auto", 100);
    time(4, "native-resident_c4", 80);
    time(4, "native-resident_c2", 90);
    time(4, "native-two_read", 120);
    Tuning tuning = tuned();
    assertThat(tuning.changed()).isEqualTo(1);
    assertThat(tuning.entries())
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.label()).isEqualTo("native-resident_c4");
              assertThat(entry.evidence())
                  .startsWith("GPU X, 2026-12-01: 80.")
                  .endsWith("of the time of native-resident_c16 at 4x32000 bf16, 5 forks");
            });
  }

  @Test
  void compiledInChoiceStaysUnlessAnotherIsShownToBeFaster() {
    time(4, "native-auto", 100);
    time(4, "native-resident_c4", 99.9);
    time(1024, "native-auto", 100);
    time(1024, "native-two_read", 130);
    time(8192, "native-auto", 100);
    time(8192, "native-two_read", 50, ResultStatus.INCORRECT_NUMERICAL);
    Tuning tuning = tuned();
    assertThat(tuning.changed()).isZero();
    assertThat(tuning.shapes()).isEqualTo(2);
    assertThat(tuning.entries())
        .extracting(Choice::label)
        .containsExactly("native-resident_c16", "native-resident");
    assertThat(tuning.entries().getFirst().evidence())
        .startsWith(
            "GPU X, 2026-12-01: no other is shown to be faster at 4x32000 bf16, 5 forks;"
                + " native-resident_c4 takes 99.");
  }

  @Test
  void runWithoutBaseIsRejected() {
    time(4, "native-resident_c4", 80);
    assertThatThrownBy(this::tuned)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("native-auto");
  }
}
