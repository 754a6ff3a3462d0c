package org.leash.benchmarks.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.leash.device.DType;

/** Against bytes and times worked out by hand. */
final class PredictionTest {

  private static KernelCase described(Contract task, DType dtype, int rows, int vocab) {
    return new KernelCase(task, dtype, rows, vocab, LogitDistribution.PEAKED, KernelCase.ON_GPU);
  }

  private static Prediction prediction(KernelCase described, ByteModel model, double gbps) {
    return Prediction.of(described, gbps).stream()
        .filter(each -> each.model() == model)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void predictsPolicyGradientOfOneReadAndOneWrite() {
    Prediction p =
        prediction(
            described(Contract.POLICY_GRADIENT, DType.BF16, 8192, 151936),
            ByteModel.RESIDENT,
            3000);
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
            "1659.546",
            "1.00");
  }

  @Test
  void furtherReadsCost() {
    KernelCase f32 = described(Contract.POLICY_GRADIENT, DType.F32, 8192, 151936);
    double least = 2.0 * 8192 * 151936 * 4 / 3350e3;
    assertThat(prediction(f32, ByteModel.RESIDENT, 3350).micros()).isCloseTo(least, within(1e-6));
    assertThat(prediction(f32, ByteModel.TWO_READ, 3350).micros())
        .isCloseTo(1.5 * least, within(1e-6));
    assertThat(prediction(f32, ByteModel.SPLIT, 3350).micros())
        .isCloseTo(1.5 * least, within(1e-6));
    assertThat(prediction(f32, ByteModel.NAIVE, 3350).micros()).isCloseTo(2 * least, within(1e-6));
  }

  @Test
  void statisticsReadOnceOrTwiceAndWriteNothing() {
    for (Contract task : List.of(Contract.ENTROPY, Contract.TOKEN_STATISTICS)) {
      KernelCase described = described(task, DType.F16, 64, 1000);
      assertThat(ByteModel.of(described))
          .contains(ByteModel.NAIVE, ByteModel.TWO_READ, ByteModel.SPLIT, ByteModel.WARP)
          .doesNotContain(ByteModel.RESIDENT);
      assertThat(ByteModel.NAIVE.bytesRead(described)).isEqualTo(2L * 2 * 64 * 1000);
      assertThat(ByteModel.TWO_READ.bytesRead(described)).isEqualTo(2L * 64 * 1000);
      assertThat(ByteModel.SPLIT.bytesWritten(described)).isZero();
    }
  }

  @Test
  void gradientFromSavedStatisticsReadsOnce() {
    KernelCase described = described(Contract.LOGITS_GRADIENT, DType.BF16, 8192, 32000);
    assertThat(Prediction.of(described, 3000))
        .extracting(Prediction::model)
        .contains(ByteModel.NAIVE, ByteModel.TWO_READ, ByteModel.SPLIT)
        .doesNotContain(ByteModel.RESIDENT, ByteModel.WARP);
    assertThat(Prediction.of(described, 3000))
        .allSatisfy(each -> assertThat(each.micros()).isEqualTo(each.leastMicros()));
  }
}
