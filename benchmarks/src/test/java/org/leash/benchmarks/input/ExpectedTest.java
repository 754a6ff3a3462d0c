package org.leash.benchmarks.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.leash.benchmarks.input.Expected.Tolerance;
import org.leash.benchmarks.plan.Contract;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.LogitDistribution;
import org.leash.device.DType;
import org.leash.device.Device;

final class ExpectedTest {
  private final Device device = Device.cpu();

  @AfterEach
  void closeDevice() {
    device.close();
  }

  /** Outputs that are the reference's own, the gradient bent a little. */
  private List<Check> compare(DType dtype, Tolerance tolerance, DoubleUnaryOperator bend) {
    KernelCase described =
        new KernelCase(Contract.POLICY_GRADIENT, dtype, 3, 200, LogitDistribution.NORMAL, 1);
    Inputs inputs = Inputs.of(device, described);
    Outputs outputs =
        new Outputs() {
          @Override
          public float column(String name, int row) {
            return (float)
                switch (name) {
                  case "loss" -> inputs.outcome(row).loss();
                  case "logprob" -> inputs.logprob(row);
                  default -> inputs.entropy(row);
                };
          }

          @Override
          public void matrixRow(int row, float[] values) {
            var outcome = inputs.outcome(row);
            double[] gradient =
                inputs
                    .reference(row)
                    .gradient(
                        inputs.columns().targets().get(row),
                        outcome.gradLogprob(),
                        outcome.gradEntropy(),
                        0);
            for (int j = 0; j < values.length; j++) {
              values[j] = (float) bend.applyAsDouble(gradient[j]);
            }
          }
        };
    return Expected.of(described, inputs).compare(outputs, tolerance);
  }

  private static boolean passes(List<Check> checks) {
    return checks.stream().allMatch(Check::passed);
  }

  @Test
  void checksEveryOutputOfContract() {
    List<Check> checks = compare(DType.F32, Tolerance.OURS, x -> x);

    assertThat(checks)
        .extracting(Check::output)
        .containsExactly("loss", "logprob", "entropy", "gradient");
    assertThat(checks).allMatch(Check::passed);
    assertThat(checks).allMatch(check -> check.maxAbsError() > 0 && check.rows() == 3);
  }

  @Test
  void rejectsOneDigitTooFew() {
    assertThat(passes(compare(DType.F32, Tolerance.OURS, x -> x * (1 + 1e-4)))).isFalse();
    assertThat(passes(compare(DType.F32, Tolerance.OURS, x -> 0))).isFalse();
    assertThat(passes(compare(DType.F32, Tolerance.OURS, x -> Double.NaN))).isFalse();
  }

  @Test
  void allowsOneHalfPrecisionRounding() {
    assertThat(passes(compare(DType.BF16, Tolerance.OURS, x -> x * (1 + 0x1p-8)))).isTrue();
    assertThat(passes(compare(DType.BF16, Tolerance.OURS, x -> x * (1 + 0x1p-7)))).isFalse();
    assertThat(passes(compare(DType.F16, Tolerance.OURS, x -> x * (1 + 0x1p-11)))).isTrue();
    assertThat(passes(compare(DType.F16, Tolerance.OURS, x -> x * (1 + 0x1p-9)))).isFalse();
  }

  @Test
  void peersMustComputeTheSame() {
    assertThat(passes(compare(DType.F32, Tolerance.PEERS, x -> x * (1 + 5e-5)))).isTrue();
    assertThat(passes(compare(DType.F32, Tolerance.PEERS, x -> x * (1 + 1e-2)))).isFalse();
    assertThat(passes(compare(DType.F32, Tolerance.PEERS, x -> 0))).isFalse();
  }
}
