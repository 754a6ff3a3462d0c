package org.leash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.leash.binding.LeashLibrary;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.operation.Arguments;
import org.leash.operation.Operation;

/** Native calls, including checks and marshalling, allocate nothing on the Java heap. */
final class AllocationTest {
  private static final int CALLS = 10_000;

  /** For the compiler, which has to share the machine. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @ParameterizedTest
  @MethodSource("org.leash.operation.Operation#all")
  void allocatesNothingPerCall(Operation<?> operation) {
    assumeTrue(LeashLibrary.isLoaded(), LeashLibrary::unavailable);
    try (Device device = Device.cpu(1)) {
      Runnable call = call(device, operation);
      // Interpreted code boxes; the guarantee holds once the code is compiled.
      long allocated = Long.MAX_VALUE;
      long start = System.nanoTime();
      while (allocated >= CALLS / 1000 && System.nanoTime() - start < PATIENCE_NANOS) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < CALLS; i++) {
          call.run();
        }
        allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      }
      assertThat(allocated / (double) CALLS).as("bytes per call").isLessThan(1e-3);
    }
  }

  private static Runnable call(Device device, Operation<?> operation) {
    Catalogue catalogue = Catalogue.of(device);
    return Calls.all(device, 2, 16, DType.F32).stream()
        .filter(operation.arguments()::isInstance)
        .map(arguments -> bind(catalogue, arguments))
        .findFirst()
        .orElseThrow();
  }

  private static <A extends Arguments> Runnable bind(Catalogue catalogue, A arguments) {
    Kernel<A> kernel = catalogue.best(Operation.of(arguments));
    assertThat(kernel.variant().name()).startsWith("native");
    return () -> kernel.run(arguments);
  }
}
