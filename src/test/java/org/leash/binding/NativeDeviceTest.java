package org.leash.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Scanner;
import org.junit.jupiter.api.Test;
import org.leash.device.Device;

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

  /** Run by the forked JVMs: prints the threads of a CPU device that is opened without a number. */
  static final class Threads {
    private Threads() {}

    public static void main(String[] arguments) {
      try (Device device = Device.cpu()) {
        System.out.print(device.properties().threads() + " " + device.properties().nativeLibrary());
      }
    }
  }

  private static String threadsWith(int processors) throws Exception {
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:ActiveProcessorCount=" + processors,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Threads.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat(java.waitFor()).as(output).isZero();
    return output;
  }

  @Test
  void threadsAreThoseOfTheJvmAndOfTheProcess() throws Exception {
    assertThat(threadsWith(1)).isEqualTo("1 true");
    int available;
    try (Scanner status = new Scanner(Path.of("/proc/self/status"), StandardCharsets.US_ASCII)) {
      status.useDelimiter("[\\s:]+");
      while (!status.next().equals("Cpus_allowed")) {}
      available =
          status
              .next()
              .replace(",", "")
              .chars()
              .map(c -> Integer.bitCount(c <= '9' ? c - '0' : c - 'a' + 10))
              .sum();
    }
    assertThat(threadsWith(available + 7)).isEqualTo(available + " true");
  }
}
