package org.leash.kernel.panama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.leash.binding.LeashLibrary;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.kernel.Catalogue;
import org.leash.operation.Operation;
import org.leash.operation.TokenStatistics;

final class DispatchTimerTest {
  @BeforeEach
  void needsLibrary() {
    assumeTrue(LeashLibrary.isLoaded(), "no native library");
  }

  @Test
  void allWaysComputeTheSame() {
    try (Device device = Device.cpu(1);
        Matrix logits = device.matrix(1, 16, DType.F32);
        IntColumn targets = device.ints(1);
        FloatColumn logprob = device.floats(1)) {
      logits.set(0, 3, 2);
      targets.set(0, 3);
      TokenStatistics arguments = TokenStatistics.of(logits).targets(targets).logprob(logprob);
      Catalogue.of(device).kernel(Operation.TOKEN_STATISTICS, "native-portable").run(arguments);
      float expected = logprob.get(0);
      try (DispatchTimer timer = new DispatchTimer(device, "native-portable", arguments)) {
        logprob.set(0, Float.NaN);
        assertThat(timer.throughBinding()).isZero();
        assertThat(logprob.get(0)).isEqualTo(expected);
        logprob.set(0, Float.NaN);
        assertThat(timer.fromC(10)).isPositive();
        assertThat(logprob.get(0)).isEqualTo(expected);
        assertThat(timer.emptyFromC(1000)).isPositive();
      }
    }
  }

  @Test
  void rejectsJavaVariant() {
    try (Device device = Device.cpu(1);
        Matrix logits = device.matrix(1, 16, DType.F32)) {
      TokenStatistics arguments = TokenStatistics.of(logits);
      assertThatThrownBy(() -> new DispatchTimer(device, "java-scalar", arguments))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"java-scalar\" is not a native variant");
    }
  }

  @Test
  @SuppressWarnings("try") // Closed on purpose.
  void keepsMemoryAndDeviceUntilClosed() {
    try (Device device = Device.cpu(1);
        Matrix logits = device.matrix(1, 16, DType.F32);
        FloatColumn entropy = device.floats(1)) {
      DispatchTimer timer =
          new DispatchTimer(device, "native-portable", TokenStatistics.of(logits).entropy(entropy));
      assertThatThrownBy(logits::close)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("is used by token_statistics by native-portable");
      assertThatThrownBy(device::close).isInstanceOf(IllegalStateException.class);
      timer.close();
      assertThatThrownBy(timer::throughBinding).isInstanceOf(IllegalStateException.class);
      logits.close();
    }
  }
}
