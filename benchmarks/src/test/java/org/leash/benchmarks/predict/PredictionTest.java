package org.leash.benchmarks.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.leash.benchmarks.plan.Contract;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.LogitDistribution;
import org.leash.binding.LeashLibrary;
import org.leash.device.DType;
import org.leash.kernel.Variant;

/** Against bytes and times worked out by hand. */
final class PredictionTest {

  @BeforeEach
  void needLibrary() {
    assumeTrue(LeashLibrary.isLoaded(), LeashLibrary::unavailable);
  }

  private static KernelCase described(Contract task, DType dtype, int rows, int vocab) {
    return new KernelCase(task, dtype, rows, vocab, LogitDistribution.PEAKED, KernelCase.ON_GPU);
  }

  private static Prediction prediction(KernelCase described, String variant, double gbps) {
    return Prediction.of(described, GpuModel.H100, gbps).stream()
        .filter(each -> each.variant().name().equals("native-" + variant))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void predictsPolicyGradientOfOneReadAndOneWrite() {
    Prediction p =
        prediction(described(Contract.POLICY_GRADIENT, DType.BF16, 8192, 151936), "resident", 3000);
    assertThat(p.fields())
        .containsExactly(
            "policy_gradient",
            "resident",
            "bf16",
            "8192",
            "151936",
            "1",
            "1",
            "2489319424",
            "2489319424",
            "1659.546",
            decimals(p.issueMicros()),
            decimals(p.launchMicros()),
            decimals(p.memoryMicros() + p.launchMicros()),
            decimals(p.memoryMicros() + p.launchMicros() + p.issueMicros()),
            "1659.546",
            "1.00");
    assertThat(p.micros()).isEqualTo(p.memoryMicros() + p.launchMicros());
  }

  private static String decimals(double micros) {
    return String.format(Locale.ROOT, "%.3f", micros);
  }

  @Test
  void furtherReadsCost() {
    KernelCase f32 = described(Contract.POLICY_GRADIENT, DType.F32, 8192, 151936);
    double least = 2.0 * 8192 * 151936 * 4 / 3350e3;
    assertThat(prediction(f32, "resident", 3350).memoryMicros()).isCloseTo(least, within(1e-6));
    assertThat(prediction(f32, "two_read", 3350).memoryMicros())
        .isCloseTo(1.5 * least, within(1e-6));
    assertThat(prediction(f32, "split", 3350).memoryMicros()).isCloseTo(1.5 * least, within(1e-6));
    assertThat(prediction(f32, "naive", 3350).memoryMicros()).isCloseTo(2 * least, within(1e-6));
  }

  @Test
  void statisticsReadOnceOrTwiceAndWriteNothing() {
    for (Contract task : List.of(Contract.ENTROPY, Contract.TOKEN_STATISTICS)) {
      KernelCase described = described(task, DType.F16, 64, 1000);
      assertThat(described.cudaVariants())
          .extracting(Variant::name)
          .contains(
              "native-naive", "native-two_read", "native-split", "native-warp", "native-resident");
      assertThat(prediction(described, "naive", 3000).bytesRead()).isEqualTo(2L * 2 * 64 * 1000);
      assertThat(prediction(described, "two_read", 3000).bytesRead()).isEqualTo(2L * 64 * 1000);
      assertThat(prediction(described, "split", 3000).bytesWritten()).isZero();
    }
  }

  @Test
  void gradientFromSavedStatisticsReadsOnce() {
    KernelCase described = described(Contract.LOGITS_GRADIENT, DType.BF16, 8192, 32000);
    assertThat(Prediction.of(described, GpuModel.H100, 3000))
        .extracting(prediction -> prediction.variant().name())
        .contains("native-naive", "native-two_read", "native-split")
        .doesNotContain("native-resident", "native-warp");
    assertThat(Prediction.of(described, GpuModel.H100, 3000))
        .allSatisfy(each -> assertThat(each.memoryMicros()).isEqualTo(each.leastMicros()));
  }

  /** Sixteen exponentials of 8 cycles take longer than the issue slots of a vector. */
  @Test
  void exponentialsLimitHalfPrecision() {
    KernelCase bf16 = described(Contract.POLICY_GRADIENT, DType.BF16, 8192, 151936);
    double vectorsOfWarps = 8192 * 151936 / 8.0 / 32;
    double h100 = vectorsOfWarps * 128 / (132 * 4 * 1.755e3);
    Prediction p = prediction(bf16, "resident", 3000);
    assertThat(p.issueMicros()).isCloseTo(h100, within(1e-6));
    assertThat(p.launchMicros()).isBetween(2.5, 10.0);
    Prediction fast = new Prediction(bf16, p.variant(), GpuModel.B200, 1e6);
    assertThat(fast.micros()).isEqualTo(fast.issueMicros() + fast.launchMicros());
  }

  @Test
  void splitTakesThreeLaunches() {
    KernelCase few = described(Contract.POLICY_GRADIENT, DType.BF16, 8, 128256);
    assertThat(prediction(few, "split", 3000).launchMicros())
        .isGreaterThan(prediction(few, "resident", 3000).launchMicros() + 5.0 - 1e-9);
    assertThat(prediction(few, "naive", 3000).fields().get(10)).isEmpty();
  }
}
