package org.leash.kernel.panama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.leash.binding.LeashLibrary;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.Matrix;

final class DeviceCeilingTest {
  @BeforeEach
  void needsLibrary() {
    assumeTrue(LeashLibrary.isLoaded(), "no native library");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LAUNCH")
  void measuresCpu(DeviceCeiling ceiling) {
    try (Device device = Device.cpu(1);
        Matrix data = device.matrix(16, 1024, DType.F32)) {
      DeviceCeiling.Nanos nanos = ceiling.measure(device, data, 5);
      assertThat(nanos.best()).isPositive();
      assertThat(nanos.median()).isGreaterThanOrEqualTo(nanos.best());
    }
  }

  @Test
  void rejectsMemoryOfInvalidSize() {
    try (Device device = Device.cpu(1);
        Matrix data = device.matrix(1, 1000, DType.F32)) {
      assertThatThrownBy(() -> DeviceCeiling.READ.measure(device, data, 5))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("4096");
    }
  }

  @Test
  void workCountsReadsAndWrites() {
    assertThat(DeviceCeiling.READ.work(4096)).isEqualTo(4096);
    assertThat(DeviceCeiling.COPY.work(4096)).isEqualTo(4096);
    assertThat(DeviceCeiling.UPDATE.work(4096)).isEqualTo(8192);
    assertThat(DeviceCeiling.EXP.work(4096)).isEqualTo(1024);
  }
}
