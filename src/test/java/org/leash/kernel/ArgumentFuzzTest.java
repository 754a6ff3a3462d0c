package org.leash.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;
import org.leash.device.Device;
import org.leash.operation.Arguments;
import org.leash.operation.Operation;

/**
 * Calls with random combinations of arguments and memory succeed or throw a documented exception,
 * and write nothing outside their buffers. A severe fault crashes the JVM.
 */
final class ArgumentFuzzTest {
  private static final int POOL_BYTES = 1 << 13;
  private static final int GUARD_BYTES = 1 << 12;
  private static final MemorySegment POISON = poison();

  private static Device device;
  private static List<Variant> variants;
  private static MemorySegment otherThreads;

  private static MemorySegment poison() {
    byte[] bytes = new byte[GUARD_BYTES];
    Arrays.fill(bytes, (byte) 0x5a);
    return MemorySegment.ofArray(bytes);
  }

  @BeforeContainer
  static void open() throws InterruptedException {
    variants = Calls.variants();
    device = Device.cpu(2);
    Thread other = new Thread(ArgumentFuzzTest::confine);
    other.start();
    other.join();
  }

  @SuppressWarnings("MustBeClosedChecker") // Its thread ends here, and nobody else can close it.
  private static void confine() {
    otherThreads = Arena.ofConfined().allocate(POOL_BYTES, 64);
  }

  @AfterContainer
  static void close() {
    device.close();
  }

  @Property(tries = 4000)
  void hasOnlyDocumentedOutcomes(@ForAll long seed) {
    Random random = new Random(seed);
    try (Arena arena = Arena.ofShared()) {
      MemorySegment all = arena.allocate(POOL_BYTES + 2L * GUARD_BYTES, 64);
      MemorySegment before = all.asSlice(0, GUARD_BYTES).copyFrom(POISON);
      MemorySegment pool = all.asSlice(GUARD_BYTES, POOL_BYTES);
      MemorySegment after = all.asSlice(GUARD_BYTES + POOL_BYTES).copyFrom(POISON);

      Statistics.label("outcome").collect(outcome(random, pool));

      assertThat(before.mismatch(POISON)).as("memory before the buffers").isEqualTo(-1);
      assertThat(after.mismatch(POISON)).as("memory after the buffers").isEqualTo(-1);
    }
    // Otherwise rejecting every call would pass.
    Statistics.label("outcome")
        .coverage(
            outcomes -> {
              outcomes.check("success").percentage(share -> share > 10.0);
              outcomes.check("TargetOutOfRangeException").count(count -> count > 0);
              outcomes.check("IllegalArgumentException").count(count -> count > 0);
              outcomes.check("IllegalStateException").count(count -> count > 0);
              outcomes.check("WrongThreadException").count(count -> count > 0);
            });
  }

  private static String outcome(Random random, MemorySegment pool) {
    Variant variant = variants.get(random.nextInt(variants.size()));
    Kernel<?> kernel;
    if (random.nextInt(100) == 0) {
      try (Device closed = Device.cpu(1)) {
        kernel = Catalogue.of(closed).kernel(variant.operation(), variant.name());
      }
    } else {
      kernel = Catalogue.of(device).kernel(variant.operation(), variant.name());
    }
    try {
      run(kernel, new FuzzedArguments(random, device, pool, otherThreads));
      return "success";
    } catch (IllegalArgumentException | IllegalStateException | WrongThreadException e) {
      assertThat(e.getMessage()).isNotBlank();
      return e.getClass().getSimpleName();
    }
  }

  private static <A extends Arguments> void run(Kernel<A> kernel, FuzzedArguments fuzzed) {
    @SuppressWarnings("unchecked") // A kernel's variant has the kernel's operation.
    Operation<A> operation = (Operation<A>) kernel.variant().operation();
    kernel.run(operation.arguments().cast(fuzzed.of(operation)));
  }
}
