package org.leash.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.leash.DeviceLostException;
import org.leash.TargetOutOfRangeException;
import org.leash.binding.NativeLayout;
import org.leash.binding.Status;
import org.leash.binding.generated.Leash;
import org.leash.binding.generated.leash_matrix;
import org.leash.binding.generated.leash_rows;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Kernel;
import org.leash.kernel.Variant;
import org.leash.operation.Entropy;
import org.leash.operation.Operation;
import org.leash.operation.TokenStatistics;

/** Kernels on a GPU: errors before and after a call. */
final class GpuKernelTest {
  @Test
  void bestIsAuto() {
    try (Device gpu = Gpus.open(0)) {
      for (Operation<?> operation : Operation.all()) {
        Catalogue catalogue = Catalogue.of(gpu);
        assertThat(catalogue.best(operation).variant().name()).isEqualTo("native-auto");
        assertThat(catalogue.variants())
            .filteredOn(variant -> variant.operation() == operation)
            .extracting(Variant::name)
            .contains("native-naive", "native-two_read", "native-warp", "native-split");
      }
    }
  }

  @Test
  void rejectsUnreachableMemory() {
    try (Device gpu = Gpus.open(0);
        Device stream = Gpus.open(0);
        Device cpu = Device.cpu(1)) {
      Matrix onGpu = gpu.matrix(1, 4, DType.F32);
      Matrix onHost = cpu.matrix(1, 4, DType.F32);
      Kernel<Entropy> kernel = Catalogue.of(gpu).best(Operation.ENTROPY);
      assertThatThrownBy(() -> kernel.run(Entropy.of(onHost).entropy(gpu.floats(1))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("logits (matrix [1 x 4, stride 4] F32) lies in memory of the host")
          .hasMessageContaining("native-auto runs on cuda:0: copy it into memory of that device");
      assertThatThrownBy(() -> kernel.run(Entropy.of(onGpu).entropy(cpu.floats(1))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("entropy (float column [1]) lies in memory of the host");
      assertThatThrownBy(() -> kernel.run(Entropy.of(onGpu).entropy(gpu.pinned().floats(1))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("lies in memory of the host");
      for (String name : List.of("java-scalar", "java-vector", "native-portable")) {
        Kernel<Entropy> ofHost = Catalogue.of(cpu).kernel(Operation.ENTROPY, name);
        assertThatThrownBy(() -> ofHost.run(Entropy.of(onGpu).entropy(cpu.floats(1))))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("lies in memory of cuda:0")
            .hasMessageContaining("runs on cpu");
      }
      // Streams of a GPU share memory.
      FloatColumn entropy = stream.floats(1);
      gpu.synchronize();
      Catalogue.of(stream).best(Operation.ENTROPY).run(Entropy.of(onGpu).entropy(entropy));
      assertThat(entropy.toArray()[0]).isCloseTo((float) Math.log(4), within(1e-6f));
    }
  }

  @Test
  void rejectsMemoryOfAnotherGpu() {
    try (Device gpu = Gpus.open(0);
        Device other = Gpus.open(1)) {
      Matrix foreign = other.matrix(1, 4, DType.F32);
      Kernel<Entropy> kernel = Catalogue.of(gpu).best(Operation.ENTROPY);
      assertThatThrownBy(() -> kernel.run(Entropy.of(foreign).entropy(gpu.floats(1))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("lies in memory of cuda:1; entropy by native-auto runs on cuda:0");
      assertThatThrownBy(() -> gpu.copy(foreign, gpu.matrix(1, 4, DType.F32)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("lies in memory of cuda:1; copy it with a device of that GPU");
    }
  }

  @Test
  void rejectsClosedMemoryAndDevices() {
    Device gpu = Gpus.open(0);
    try (Device other = Gpus.open(0)) {
      Matrix logits = gpu.matrix(1, 4, DType.F32);
      Kernel<Entropy> kernel = Catalogue.of(gpu).best(Operation.ENTROPY);
      Kernel<Entropy> elsewhere = Catalogue.of(other).best(Operation.ENTROPY);
      Entropy arguments = Entropy.of(logits).entropy(other.floats(1));
      gpu.close();
      assertThatThrownBy(() -> kernel.run(arguments))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("is closed; open another");
      assertThatThrownBy(() -> elsewhere.run(arguments))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("logits (matrix [1 x 4, stride 4] F32) is closed");
    }
  }

  @Test
  void closingThrowsPendingError() {
    Device gpu = Gpus.open(0);
    IntColumn targets = gpu.ints(1);
    targets.copyFrom(new int[] {9});
    Catalogue.of(gpu)
        .best(Operation.TOKEN_STATISTICS)
        .run(
            TokenStatistics.of(gpu.matrix(1, 4, DType.F32))
                .targets(targets)
                .logprob(gpu.floats(1)));
    assertThatThrownBy(gpu::close)
        .isInstanceOf(TargetOutOfRangeException.class)
        .hasMessageContaining("target[0] = 9");
    assertThat(gpu.isClosed()).isTrue();
    gpu.close();
  }

  @Test
  void worksInAStreamOfTheProgram() {
    try (Device owner = Gpus.open(0)) {
      long stream = owner.nativeDevice().orElseThrow().stream();
      Matrix logits = owner.matrix(1, 4, DType.F32);
      FloatColumn entropy = owner.floats(1);
      try (Device guest = Device.cuda(0, stream)) {
        assertThat(guest.nativeDevice().orElseThrow().stream()).isEqualTo(stream);
        // In order, although nothing waits in between.
        Catalogue.of(guest).best(Operation.ENTROPY).run(Entropy.of(logits).entropy(entropy));
        assertThat(entropy.toArray()[0]).isCloseTo((float) Math.log(4), within(1e-6f));
      }
      assertThatThrownBy(() -> Device.cuda(0, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("stream is 0; use 1 for the legacy default stream, or cuda(0)");
      owner.synchronize();
    }
  }

  @Test
  void rejectsStreamOfAnotherGpu() {
    try (Device other = Gpus.open(1)) {
      long stream = other.nativeDevice().orElseThrow().stream();
      assertThatThrownBy(() -> Device.cuda(0, stream))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is not of the primary context of CUDA device 0");
    }
  }

  @Test
  void deviceIsThreadSafe() throws InterruptedException {
    try (Device gpu = Gpus.open(0)) {
      Kernel<Entropy> kernel = Catalogue.of(gpu).best(Operation.ENTROPY);
      List<Thread> threads = new ArrayList<>();
      List<Float> results = java.util.Collections.synchronizedList(new ArrayList<>());
      for (int t = 0; t < 4; t++) {
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int i = 0; i < 10; i++) {
                        try (Matrix logits = gpu.matrix(2, 8, DType.F32);
                            FloatColumn entropy = gpu.floats(2)) {
                          kernel.run(Entropy.of(logits).entropy(entropy));
                          results.add(entropy.toArray()[1]);
                        }
                      }
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(results).hasSize(40).allMatch(value -> Math.abs(value - Math.log(8)) < 1e-6);
    }
  }

  /** Run by a separate JVM: loses the GPU and prints the errors. */
  static final class Loss {
    private Loss() {}

    public static void main(String[] arguments) {
      Device gpu = Device.cuda(0);
      FloatColumn entropy = gpu.floats(1);
      try (Arena arena = Arena.ofConfined()) {
        // Logits outside the memory of any GPU, which pass all checks of this library.
        NativeLayout layout = NativeLayout.of("leash_token_statistics_args");
        MemorySegment args = arena.allocate(layout.bytes(), Long.BYTES);
        args.set(ValueLayout.ADDRESS, layout.offset("entropy"), entropy.location());
        MemorySegment rows = args.asSlice(layout.offset("rows"), leash_rows.sizeof());
        leash_rows.temperature(rows, 1.0f);
        leash_rows.variant(rows, Leash.LEASH_VARIANT_AUTO());
        MemorySegment logits = leash_rows.logits(rows);
        leash_matrix.data(logits, MemorySegment.ofAddress(0x1000));
        leash_matrix.rows(logits, 1);
        leash_matrix.vocab(logits, 4);
        leash_matrix.row_stride(logits, 4);
        Status.check(Leash.leash_token_statistics(gpu.nativeDevice().orElseThrow().handle(), args));
      }
      for (Runnable next : List.<Runnable>of(gpu::synchronize, entropy::toArray, gpu::event)) {
        try {
          next.run();
          System.out.println("nothing happened");
        } catch (DeviceLostException e) {
          System.out.println("lost: " + e.getMessage());
        }
      }
      entropy.close();
      try {
        gpu.close();
      } catch (DeviceLostException e) {
        System.out.println("closed: " + e.getMessage());
      }
      System.out.println("alive, closed " + gpu.isClosed());
    }
  }

  @Test
  void lostGpuNamesCallAndJvmSurvives() throws Exception {
    String library = System.getProperty("leash.library");
    assumeTrue(library != null && library.contains("emulated"), "breaks the GPU for this process");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dleash.library=" + library,
                "-cp",
                System.getProperty("java.class.path"),
                Loss.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output)
        .containsSubsequence(
            "lost: CUDA device 0 is lost: error 719 (kernel ", "reads 16 bytes at 0x1000")
        .contains("in the call since the last synchronize: token_statistics by warp 1 x 4 f32")
        .contains("restart the process, with CUDA_LAUNCH_BLOCKING=1")
        .contains("closed: CUDA device 0 is lost")
        .contains("alive, closed true")
        .doesNotContain("nothing happened");
    assertThat(output.lines().filter(line -> line.startsWith("lost: "))).hasSize(3);
  }
}
