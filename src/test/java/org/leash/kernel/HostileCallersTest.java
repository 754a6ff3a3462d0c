package org.leash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.Matrix;
import org.leash.operation.Arguments;
import org.leash.operation.Entropy;
import org.leash.operation.Operation;
import org.leash.operation.RowArguments;
import org.leash.operation.TokenStatistics;

/** Callers that break the rules of the API get exceptions or results, and never kill the JVM. */
@Timeout(60)
final class HostileCallersTest {
  private static final int ROWS = 64;
  private static final int VOCAB = 100;
  private static final int CALLS = 5000;

  /** What is checked has to be what is used: the small column cannot take all rows. */
  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void argumentsChangeDuringCalls(String variant) throws Exception {
    try (ExecutorService other = Executors.newSingleThreadExecutor();
        Device device = Device.cpu(1)) {
      Matrix logits = device.matrix(ROWS, VOCAB, DType.F32);
      FloatColumn large = device.floats(ROWS);
      FloatColumn small = device.floats(1);
      Entropy arguments = Entropy.of(logits).entropy(large);
      Kernel<Entropy> kernel = Catalogue.of(device).kernel(Operation.ENTROPY, variant);
      AtomicBoolean stopping = new AtomicBoolean();
      Future<?> toggling =
          other.submit(
              () -> {
                for (int i = 0; !stopping.get(); i++) {
                  arguments.entropy(i % 2 == 0 ? small : large);
                }
              });
      int results = 0;
      int refusals = 0;
      try {
        for (int i = 0; i < CALLS || results == 0 || refusals == 0; i++) {
          try {
            kernel.run(arguments);
            results++;
          } catch (IllegalArgumentException e) {
            assertThat(e).hasMessage("entropy has 1 rows; the logits have " + ROWS);
            refusals++;
          }
        }
      } finally {
        stopping.set(true);
      }
      toggling.get();
      assertThat(small.toArray()).containsExactly(0);
    }
  }

  /** Wherever in a call the stack overflows, the next call works, and nothing stays held. */
  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void stackOverflows(String variant) throws Exception {
    Device device = Device.cpu(1);
    TokenStatistics arguments = Calls.tokenStatistics(device, 1, VOCAB, DType.F32);
    Kernel<TokenStatistics> kernel =
        Catalogue.of(device).kernel(Operation.TOKEN_STATISTICS, variant);
    // Loads all classes, which a stack overflow would make unusable.
    kernel.run(arguments);
    Overflow overflow = new Overflow(kernel, arguments);
    Thread thread = new Thread(null, overflow, "overflow", 256 << 10);
    thread.start();
    thread.join();
    assertThat(overflow.failure).isNull();
    assertThat(overflow.overflows).isPositive();
    kernel.run(arguments);
    assertThat(arguments.entropy().get(0)).isEqualTo((float) Math.log(VOCAB));
    arguments.logits().close();
    device.close();
  }

  /** Calls at every depth of a small stack, from the deepest on. */
  private static final class Overflow implements Runnable {
    private final Kernel<TokenStatistics> kernel;
    private final TokenStatistics arguments;
    private int overflows;
    private Throwable failure;

    Overflow(Kernel<TokenStatistics> kernel, TokenStatistics arguments) {
      this.kernel = kernel;
      this.arguments = arguments;
    }

    @Override
    public void run() {
      descend();
    }

    @SuppressWarnings("InfiniteRecursion") // Until the stack overflows.
    private void descend() {
      try {
        descend();
      } catch (StackOverflowError e) {
        // The deepest frame; those above call, too, until one succeeds.
      }
      call();
    }

    private void call() {
      if (failure != null) {
        return;
      }
      try {
        kernel.run(arguments);
      } catch (StackOverflowError e) {
        overflows++;
      } catch (RuntimeException | Error e) {
        failure = e;
      }
    }
  }

  /** A file that is cut short while it is mapped kills a process that reads it in native code. */
  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void mappedFilesAreForJavaVariants(String variant, @TempDir Path folder) throws IOException {
    try (FileChannel file = emptyFile(folder);
        Arena arena = Arena.ofShared();
        Device device = Device.cpu(1)) {
      Entropy arguments = entropyOfMapped(file, arena, device);
      if (variant.startsWith("java")) {
        Calls.run(device, variant, arguments);
        assertThat(arguments.entropy().get(0)).isEqualTo((float) Math.log(VOCAB));
        return;
      }
      file.truncate(0);
      assertThatThrownBy(() -> Calls.run(device, variant, arguments))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is a mapped file")
          .hasMessageContaining("-Dleash.mapped=trusted");
    }
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void trustedMappedFilesAreForAllVariants(String variant, @TempDir Path folder)
      throws IOException {
    try (FileChannel file = emptyFile(folder);
        Arena arena = Arena.ofShared();
        Device device = Device.cpu(1)) {
      Entropy arguments = entropyOfMapped(file, arena, device);
      System.setProperty("leash.mapped", "trusted");
      try {
        Calls.run(device, variant, arguments);
      } finally {
        System.clearProperty("leash.mapped");
      }
      assertThat(arguments.entropy().get(0)).isEqualTo((float) Math.log(VOCAB));
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // The caller closes it.
  private static FileChannel emptyFile(Path folder) throws IOException {
    return FileChannel.open(
        folder.resolve("logits"),
        StandardOpenOption.CREATE,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE);
  }

  /** The first of many rows in a mapped file, as a slice. */
  private static Entropy entropyOfMapped(FileChannel file, Arena arena, Device device)
      throws IOException {
    MemorySegment mapped = file.map(MapMode.READ_WRITE, 0, 4L * ROWS * VOCAB, arena);
    Matrix logits = Matrix.wrap(mapped, ROWS, VOCAB, VOCAB, DType.F32);
    return Entropy.of(logits.slice(0, 1, VOCAB, VOCAB)).entropy(device.floats(1));
  }

  /** A refused call holds nothing afterwards. */
  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void refusedCallsHoldNothing(String variant) {
    try (Device device = Device.cpu(1)) {
      for (Arguments arguments : Calls.all(device, 2, VOCAB, DType.F32)) {
        refuse(device, variant, arguments);
        arguments.logits().close();
      }
    }
  }

  private static <A extends Arguments> void refuse(Device device, String variant, A arguments) {
    FloatColumn wrong = device.floats(3);
    ((RowArguments<?>) arguments).temperatures(wrong);
    assertThatThrownBy(() -> Calls.run(device, variant, arguments))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Catalogue.of(device).best(arguments))
        .isInstanceOf(IllegalArgumentException.class);
    wrong.close();
  }
}
