package org.leash.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Scanner;
import org.junit.jupiter.api.Test;

final class NativeDeviceTest {
  private static final long MEBIBYTE = 1 << 20;

  private static long residentBytes() throws Exception {
    try (Scanner pages = new Scanner(Path.of("/proc/self/statm"), StandardCharsets.US_ASCII)) {
      pages.next();
      return pages.nextLong() * 4096;
    }
  }

  @Test
  void memoryOfTheLargestMatrixIsZeroAndTakesNoSpace() throws Exception {
    long bytes = Integer.MAX_VALUE * (long) Float.BYTES;
    assertThat(LeashLibrary.isLoaded()).isTrue();
    NativeDevice device = NativeDevice.openCpu(0, 1);
    long before = residentBytes();
    for (Allocation allocation :
        new Allocation[] {device.allocate(bytes, () -> {}), device.allocateHost(bytes, () -> {})}) {
      assertThat(allocation.memory().get(ValueLayout.JAVA_BYTE, 0)).isZero();
      assertThat(allocation.memory().get(ValueLayout.JAVA_BYTE, bytes - 1)).isZero();
      assertThat(residentBytes() - before).isLessThan(64 * MEBIBYTE);
      allocation.end().close();
    }
    device.close();
  }
}
