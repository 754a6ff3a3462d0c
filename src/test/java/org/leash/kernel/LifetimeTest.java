package org.leash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.Matrix;
import org.leash.operation.Entropy;
import org.leash.operation.LogSoftmax;
import org.leash.operation.Operation;

/**
 * Closing memory or a device during a call throws an exception in the call or in close, and never
 * crashes.
 */
@Timeout(60)
final class LifetimeTest {
  private static final int TRIALS = 20;

  /** Maximum number of trials until a close coincides with a call. */
  private static final int MOST_TRIALS = 2000;

  private static final int VOCAB = 4096;

  /** A call of more than a millisecond on one thread leaves the closing thread a core and time. */
  private static int rows(String variant) {
    return variant.startsWith("native") ? 1024 : 128;
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void closingLogitsDuringCallThrows(String variant) throws Exception {
    try (ExecutorService runner = Executors.newSingleThreadExecutor();
        Device device = Device.cpu(1)) {
      int refusals = 0;
      for (int trial = 0; goesOn(trial, refusals); trial++) {
        Matrix logits = device.matrix(rows(variant), VOCAB, DType.F32);
        Entropy arguments = Entropy.of(logits).entropy(device.floats(rows(variant)));
        Kernel<Entropy> kernel = Catalogue.of(device).kernel(Operation.ENTROPY, variant);
        Loop loop = new Loop(() -> kernel.run(arguments));
        Future<?> running = runner.submit(loop);
        loop.awaitCall();
        pause(trial);
        refusals += closeEventually(logits);
        // The next call finds the logits closed.
        assertThatThrownBy(running::get)
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(IllegalStateException.class)
            .hasMessageContaining("logits (" + logits + ") is closed");
      }
      assertThat(refusals).as("closes refused during a call").isPositive();
    }
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void refusedCloseNamesTheCall(String variant) throws Exception {
    try (ExecutorService runner =
            Executors.newSingleThreadExecutor(task -> new Thread(task, "worker"));
        Device device = Device.cpu(1)) {
      String expected =
          String.format(
              Locale.ROOT,
              "float column [%d] is used by entropy by %s in thread worker; close it after the call"
                  + " has returned",
              rows(variant),
              variant);
      Set<String> refusals = new HashSet<>();
      for (int trial = 0; !refusals.contains(expected) && trial < MOST_TRIALS; trial++) {
        Entropy arguments = Calls.entropy(device, rows(variant), VOCAB, DType.F32);
        Future<?> running = runner.submit(() -> Calls.run(device, variant, arguments));
        while (!running.isDone()) {
          refusals.add(refusal(arguments.entropy()));
        }
      }
      assertThat(refusals).contains(expected);
      // A call that ends at that moment has left its thread, and a close may succeed.
      refusals.remove("");
      assertThat(refusals).isSubsetOf(expected, expected.replace(" in thread worker", ""));
    }
  }

  /** The message of a refused close; "" if it succeeds. */
  private static String refusal(AutoCloseable resource) throws Exception {
    try {
      resource.close();
      return "";
    } catch (IllegalStateException e) {
      return e.getMessage();
    }
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void outputsAreCompleteDespiteClosing(String variant) throws Exception {
    try (ExecutorService runner = Executors.newSingleThreadExecutor();
        Device device = Device.cpu(1)) {
      LogSoftmax arguments = Calls.logSoftmax(device, rows(variant), VOCAB, DType.F32);
      Future<?> running = runner.submit(() -> Calls.run(device, variant, arguments));
      int refusals = 0;
      while (!running.isDone()) {
        try {
          arguments.logits().close();
          break;
        } catch (IllegalStateException e) {
          refusals++;
        }
      }
      try {
        running.get();
      } catch (ExecutionException closedBeforehand) {
        assertThat(refusals).isZero();
        return;
      }
      float expected = (float) -Math.log(VOCAB);
      assertThat(arguments.logprobs().get(rows(variant) - 1, VOCAB - 1))
          .isEqualTo(expected, within(1e-5f));
    }
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  @SuppressWarnings("MustBeClosedChecker") // Closed during a call.
  void wrappedMemoryClosedDuringCallIsNamed(String variant) throws Exception {
    try (ExecutorService runner = Executors.newSingleThreadExecutor();
        Device device = Device.cpu(1)) {
      long bytes = rows(variant) * (long) VOCAB * Float.BYTES;
      for (int trial = 0; trial < 4; trial++) {
        Arena arena = Arena.ofShared();
        Matrix logits =
            Matrix.wrap(arena.allocate(bytes, 64), rows(variant), VOCAB, VOCAB, DType.F32);
        Entropy arguments = Entropy.of(logits).entropy(device.floats(rows(variant)));
        Loop loop = new Loop(() -> Calls.run(device, variant, arguments));
        Future<?> running = runner.submit(loop);
        loop.awaitCall();
        pause(trial);
        closeArena(arena);
        assertThatThrownBy(running::get)
            .hasCauseInstanceOf(IllegalStateException.class)
            .hasMessageMatching(
                "(?s).*(logits \\(matrix .*\\) (is closed; keep it|was closed while entropy by)|"
                    + "the memory of an argument was closed as the call began).*");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  @SuppressWarnings({"restricted", "MustBeClosedChecker"}) // Closed on purpose.
  void closedOutputAtTheAddressOfTheLogitsIsRefused(String variant) {
    // Two lifetimes of one address, as of memory that has been freed and allocated again.
    Arena closed = Arena.ofShared();
    try (Device device = Device.cpu(1);
        Arena open = Arena.ofShared()) {
      MemorySegment memory = open.allocate(4L * VOCAB, 64);
      Matrix logits = Matrix.wrap(memory, 1, VOCAB, VOCAB, DType.F32);
      Matrix output = Matrix.wrap(memory.reinterpret(closed, null), 1, VOCAB, VOCAB, DType.F32);
      closed.close();
      assertThatThrownBy(() -> Calls.run(device, variant, LogSoftmax.of(logits).logprobs(output)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("logprobs (" + output + ") is closed");
    }
  }

  /** Closes an arena, which the JVM refuses during a native call. */
  private static void closeArena(Arena arena) {
    while (arena.scope().isAlive()) {
      try {
        arena.close();
      } catch (IllegalStateException inUse) {
        Thread.onSpinWait();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void closingDeviceDuringCallThrows(String variant) throws Exception {
    try (ExecutorService runner = Executors.newSingleThreadExecutor()) {
      int refusals = 0;
      for (int trial = 0; goesOn(trial, refusals); trial++) {
        Device device = Device.cpu(1);
        Entropy arguments = Calls.entropy(device, rows(variant), VOCAB, DType.F32);
        Kernel<Entropy> kernel = Catalogue.of(device).kernel(Operation.ENTROPY, variant);
        Loop loop = new Loop(() -> kernel.run(arguments));
        Future<?> running = runner.submit(loop);
        loop.awaitCall();
        pause(trial);
        refusals += closeEventually(device);
        assertThat(device.isClosed()).isTrue();
        assertThatThrownBy(running::get)
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(IllegalStateException.class)
            .hasMessageContaining("is closed; open another");
      }
      assertThat(refusals).as("closes refused during a call").isPositive();
    }
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void closingDeviceWithMemoryInUseThrows(String variant) throws Exception {
    try (ExecutorService runner = Executors.newSingleThreadExecutor();
        Device device = Device.cpu(1)) {
      Device owner = Device.cpu(1);
      Entropy arguments = Calls.entropy(owner, rows(variant), VOCAB, DType.F32);
      Loop loop = new Loop(() -> Calls.run(device, variant, arguments));
      Future<?> running = runner.submit(loop);
      loop.awaitCall();
      closeEventually(owner);
      assertThatThrownBy(running::get).hasCauseInstanceOf(IllegalStateException.class);
      assertThat(owner.isClosed()).isTrue();
      assertThat(device.isClosed()).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void kernelIsThreadSafe(String variant) throws Exception {
    try (ExecutorService runner = Executors.newFixedThreadPool(4);
        Device device = Device.cpu(2)) {
      Kernel<Entropy> kernel = Catalogue.of(device).kernel(Operation.ENTROPY, variant);
      List<Future<Float>> results = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int vocab = 1 << (thread + 3);
        results.add(
            runner.submit(
                () -> {
                  Entropy arguments = Calls.entropy(device, 2, vocab, DType.F32);
                  float worst = 0;
                  for (int i = 0; i < 200; i++) {
                    arguments.entropy().set(1, -1);
                    kernel.run(arguments);
                    worst =
                        Math.max(
                            worst, (float) Math.abs(arguments.entropy().get(1) - Math.log(vocab)));
                  }
                  return worst;
                }));
      }
      for (Future<Float> result : results) {
        assertThat(result.get()).isLessThan(1e-5f);
      }
    }
  }

  /**
   * Whether to make another trial: a close before or between calls proves nothing, so trials
   * continue until one coincides with a call.
   */
  private static boolean goesOn(int trial, int refusals) {
    return trial < TRIALS || (refusals == 0 && trial < MOST_TRIALS);
  }

  /** Waits for a time that differs between trials, so that the call is in progress. */
  private static void pause(int trial) {
    LockSupport.parkNanos(50_000L * (trial % 10));
  }

  /** Calls until a call throws. */
  private static final class Loop implements Runnable {
    private final Runnable call;
    private final AtomicBoolean calling = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();

    Loop(Runnable call) {
      this.call = call;
    }

    @Override
    public void run() {
      try {
        while (true) {
          calling.set(true);
          call.run();
          calling.set(false);
          // A gap in which close succeeds.
          LockSupport.parkNanos(20_000);
        }
      } finally {
        ended.set(true);
      }
    }

    /** Returns when a call is about to run or running. */
    void awaitCall() {
      while (!calling.get() && !ended.get()) {
        Thread.onSpinWait();
      }
      assertThat(ended).isFalse();
    }
  }

  /**
   * Retries close until no call uses the resource, asserting that close fails for no other reason;
   * returns the number of failures.
   */
  private static int closeEventually(AutoCloseable resource) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    int refusals = 0;
    while (true) {
      try {
        resource.close();
        return refusals;
      } catch (IllegalStateException refused) {
        assertThat(refused).hasMessageContaining("close it after the call has returned");
        assertThat(System.nanoTime()).as("given up").isLessThan(deadline);
        refusals++;
      }
    }
  }
}
