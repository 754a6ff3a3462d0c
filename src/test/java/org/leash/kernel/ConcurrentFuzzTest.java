package org.leash.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.leash.device.Buffer;
import org.leash.device.ByteColumn;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.Event;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.device.StatisticsColumn;
import org.leash.loss.Kl;
import org.leash.loss.PolicyLoss;
import org.leash.operation.Arguments;
import org.leash.operation.Entropy;
import org.leash.operation.LogSoftmax;
import org.leash.operation.LogitsGradient;
import org.leash.operation.Operation;
import org.leash.operation.PolicyGradient;
import org.leash.operation.RowArguments;
import org.leash.operation.TokenStatistics;

/**
 * Threads that share everything: they call kernels of all providers, and between their calls set
 * the arguments of the others' calls, write, copy and close their memory, close their devices, and
 * interrupt them. Calls succeed or throw a documented exception, and write nothing outside their
 * buffers. A severe fault crashes the JVM.
 *
 * <p>{@code -Dfuzz.calls=10000000 -Dfuzz.seed=1} makes more calls, and draws again what was drawn
 * with a seed, in whatever order threads run.
 */
final class ConcurrentFuzzTest {
  private static final long CALLS = Long.getLong("fuzz.calls", 100_000);
  private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());

  /** Calls between lines of progress. */
  private static final long PROGRESS = 500_000;

  private static final int CALLERS = 4;
  private static final int ARGUMENTS = 4;
  private static final int SLOTS = 24;
  private static final int GUARD_BYTES = 256;
  private static final byte GUARD = 0x5a;

  private final List<Variant> variants = Calls.variants();
  private final AtomicReferenceArray<Device> devices = new AtomicReferenceArray<>(2);
  private final AtomicReferenceArray<Owned> matrices = new AtomicReferenceArray<>(SLOTS);
  private final AtomicReferenceArray<Owned> columns = new AtomicReferenceArray<>(4 * SLOTS);
  private final List<List<Arguments>> arguments = new ArrayList<>();
  private final AtomicLong calls = new AtomicLong();
  private final long start = System.nanoTime();
  private final Map<String, LongAdder> outcomes = new TreeMap<>();
  private final List<Thread> callers = new ArrayList<>();

  /** A buffer with the memory around it; null if that is a device's. */
  private record Owned(Buffer buffer, MemorySegment around, Arena arena) {

    void close() {
      if (arena == null) {
        buffer.close();
        return;
      }
      checkGuards();
      arena.close();
    }

    private void checkGuards() {
      long end = around.byteSize();
      for (long i = 0; i < GUARD_BYTES; i++) {
        if (around.get(JAVA_BYTE, i) != GUARD || around.get(JAVA_BYTE, end - 1 - i) != GUARD) {
          throw new AssertionError("memory outside " + buffer + " was written");
        }
      }
    }
  }

  @Test
  void sharedCallsHaveOnlyDocumentedOutcomes() throws Exception {
    System.out.printf(Locale.ROOT, "%d calls with -Dfuzz.seed=%d%n", CALLS, SEED);
    for (String outcome :
        List.of(
            "success",
            "closed",
            "IllegalArgumentException",
            "IllegalStateException",
            "TargetOutOfRangeException",
            "close refused")) {
      outcomes.put(outcome, new LongAdder());
    }
    Random random = new Random(SEED);
    for (int i = 0; i < devices.length(); i++) {
      devices.set(i, Device.cpu(1 + i));
    }
    fill(random);
    for (Operation<?> operation : Operation.all()) {
      List<Arguments> shared = new ArrayList<>();
      for (int i = 0; i < ARGUMENTS; i++) {
        shared.add(empty(operation, matrix(random)));
      }
      arguments.add(shared);
    }
    run();
    long checked = closeAll();

    System.out.println(outcomes);
    assertThat(checked).isPositive();
    assertThat(outcomes.get("success").sum()).isGreaterThan(CALLS / 100);
    assertThat(outcomes.get("IllegalArgumentException").sum()).isPositive();
    assertThat(outcomes.get("IllegalStateException").sum()).isPositive();
    assertThat(outcomes.get("TargetOutOfRangeException").sum()).isPositive();
    assertThat(outcomes.get("closed").sum()).isPositive();
    assertThat(outcomes.get("close refused").sum()).isPositive();
  }

  private void run() throws Exception {
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      tasks.add(caller(new Random(SEED * CALLERS + i)));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(tasks.size())) {
      for (Future<Void> task : threads.invokeAll(tasks)) {
        task.get();
      }
    }
  }

  /** Calls until all calls are made, or one of the callers has failed. */
  private Callable<Void> caller(Random random) {
    return () -> {
      synchronized (callers) {
        callers.add(Thread.currentThread());
      }
      Caller caller = new Caller();
      try {
        for (long call = calls.incrementAndGet(); call <= CALLS; call = calls.incrementAndGet()) {
          if (call % PROGRESS == 0) {
            report(call);
          }
          if (random.nextInt(4) == 0) {
            mutate(random);
          }
          if (random.nextInt(10) == 0) {
            replace(random);
          }
          if (random.nextInt(10) == 0) {
            access(random);
          }
          if (random.nextInt(500) == 0) {
            disturb(random);
          }
          caller.call(random);
        }
      } finally {
        calls.set(CALLS);
      }
      return null;
    };
  }

  private void report(long call) {
    long seconds = (System.nanoTime() - start) / 1_000_000_000;
    System.out.printf(
        Locale.ROOT,
        "%d of %d calls, %d s to go%n",
        call,
        CALLS,
        (long) (seconds * (double) (CALLS - call) / call));
  }

  /** One thread's kernels, some of which it keeps for long. */
  private final class Caller {
    private final List<Kernel<?>> kernels = new ArrayList<>();

    void call(Random random) {
      try {
        Kernel<?> kernel = kernel(random);
        run(kernel, random);
        outcomes.get("success").increment();
      } catch (IllegalArgumentException | IllegalStateException e) {
        if (e.getMessage() == null || e.getMessage().equals("Already closed")) {
          throw new AssertionError("an error that names no argument", e);
        }
        count(e);
      }
    }

    private Kernel<?> kernel(Random random) {
      if (kernels.size() < 40 || random.nextInt(10) == 0) {
        Variant variant = variants.get(random.nextInt(variants.size()));
        Kernel<?> made = Catalogue.of(device(random)).kernel(variant.operation(), variant.name());
        if (kernels.size() < 40) {
          kernels.add(made);
        } else {
          kernels.set(random.nextInt(kernels.size()), made);
        }
        return made;
      }
      return kernels.get(random.nextInt(kernels.size()));
    }

    private <A extends Arguments> void run(Kernel<A> kernel, Random random) {
      @SuppressWarnings("unchecked") // A kernel's variant has the kernel's operation.
      Operation<A> operation = (Operation<A>) kernel.variant().operation();
      List<Arguments> shared = arguments.get(Operation.all().indexOf(operation));
      A chosen = operation.arguments().cast(shared.get(random.nextInt(ARGUMENTS)));
      if (random.nextInt(20) == 0) {
        Catalogue.of(device(random)).best(chosen).run(chosen);
      } else {
        kernel.run(chosen);
      }
    }
  }

  private void count(RuntimeException e) {
    LongAdder known = outcomes.get(e.getClass().getSimpleName());
    (known == null ? outcomes.get("IllegalStateException") : known).increment();
  }

  /** Sets some arguments of a call that others may be making. */
  private void mutate(Random random) {
    RowArguments<?> shared =
        (RowArguments<?>)
            arguments.get(random.nextInt(arguments.size())).get(random.nextInt(ARGUMENTS));
    shared
        .logits(matrix(random))
        .temperature(random.nextInt(50) == 0 ? -1 : 1)
        .temperatures(maybe(random, 4, FloatColumn.class))
        .mask(maybe(random, 4, ByteColumn.class));
    switch (shared) {
      case LogSoftmax call -> output(random, call::logprobs, call::inPlace);
      case Entropy call -> call.entropy(maybe(random, 1, FloatColumn.class));
      case TokenStatistics call ->
          call.targets(maybe(random, 1, IntColumn.class))
              .logprob(maybe(random, 1, FloatColumn.class))
              .entropy(maybe(random, 2, FloatColumn.class))
              .statistics(maybe(random, 2, StatisticsColumn.class))
              .collision(maybe(random, 3, FloatColumn.class));
      case LogitsGradient call -> {
        call.targets(maybe(random, 1, IntColumn.class))
            .statistics(maybe(random, 1, StatisticsColumn.class))
            .gradLogprob(maybe(random, 2, FloatColumn.class))
            .gradEntropy(maybe(random, 2, FloatColumn.class));
        output(random, call::gradient, call::inPlace);
      }
      case PolicyGradient call -> {
        call.policy(
                random.nextInt(30) == 0
                    ? null
                    : PolicyLoss.ppoClip(0.2, 0.28)
                        .withKl(random.nextBoolean() ? Kl.K3 : Kl.NONE, 0.1))
            .targets(maybe(random, 1, IntColumn.class))
            .advantage(maybe(random, 1, FloatColumn.class))
            .referenceLogprob(maybe(random, 1, FloatColumn.class))
            .loss(maybe(random, 2, FloatColumn.class))
            .clipFlags(maybe(random, 2, ByteColumn.class));
        output(random, call::gradient, call::inPlace);
      }
      default -> throw new AssertionError("no setters of " + shared);
    }
  }

  private interface Output {
    Object set(Matrix matrix);
  }

  private void output(Random random, Output output, Callable<?> inPlace) {
    if (random.nextBoolean()) {
      output.set(matrix(random));
      return;
    }
    try {
      inPlace.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** A column of a class; null one time in so many, never for 1. */
  private <C extends Buffer> C maybe(Random random, int oneIn, Class<C> type) {
    if (oneIn > 1 && random.nextInt(oneIn) > 0) {
      return null;
    }
    while (true) {
      Buffer buffer = columns.get(random.nextInt(columns.length())).buffer();
      if (type.isInstance(buffer)) {
        return type.cast(buffer);
      }
    }
  }

  private Matrix matrix(Random random) {
    Matrix matrix = (Matrix) matrices.get(random.nextInt(SLOTS)).buffer();
    return random.nextInt(8) == 0 && matrix.rows() > 1
        ? matrix.slice(0, matrix.rows() - 1, matrix.vocab(), matrix.rowStride())
        : matrix;
  }

  private Device device(Random random) {
    return devices.get(random.nextInt(devices.length()));
  }

  /** Closes a buffer and puts another in its place. */
  private void replace(Random random) {
    boolean isMatrix = random.nextBoolean();
    AtomicReferenceArray<Owned> slots = isMatrix ? matrices : columns;
    int slot = random.nextInt(slots.length());
    close(slots.get(slot));
    try {
      slots.set(slot, isMatrix ? newMatrix(random) : newColumn(random));
    } catch (IllegalStateException deviceClosed) {
      // Its place is kept by the closed one.
    }
  }

  private void close(Owned owned) {
    try {
      owned.close();
      outcomes.get("closed").increment();
    } catch (IllegalStateException e) {
      outcomes.get("close refused").increment();
    }
  }

  /** Reads and writes memory that others may be using or closing. */
  private void access(Random random) {
    try {
      Matrix matrix = (Matrix) matrices.get(random.nextInt(SLOTS)).buffer();
      matrix.set(matrix.rows() - 1, matrix.vocab() - 1, random.nextFloat());
      maybe(random, 1, FloatColumn.class).toArray();
      Buffer from = matrices.get(random.nextInt(SLOTS)).buffer();
      device(random).copy(from, matrices.get(random.nextInt(SLOTS)).buffer());
    } catch (IllegalArgumentException | IllegalStateException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  /** Interrupts callers, and closes a device with all of its memory. */
  private void disturb(Random random) {
    synchronized (callers) {
      callers.get(random.nextInt(callers.size())).interrupt();
    }
    int place = random.nextInt(devices.length());
    Device device = devices.get(place);
    try (Event event = device.event()) {
      event.record();
      if (random.nextInt(4) == 0) {
        device.close();
      }
    } catch (IllegalStateException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
    if (device.isClosed()) {
      devices.set(place, Device.cpu(1 + place));
    }
  }

  private void fill(Random random) {
    for (int i = 0; i < SLOTS; i++) {
      matrices.set(i, newMatrix(random));
    }
    for (int i = 0; i < columns.length(); i++) {
      columns.set(i, newColumn(random));
    }
  }

  private Owned newMatrix(Random random) {
    int rows = 1 + random.nextInt(2);
    int vocab = random.nextInt(3) == 0 ? 40 : 33;
    int stride = random.nextBoolean() ? vocab : 48;
    DType dtype = random.nextInt(3) == 0 ? DType.BF16 : DType.F32;
    if (random.nextBoolean()) {
      return new Owned(device(random).matrix(rows, vocab, stride, dtype), null, null);
    }
    long bytes = ((rows - 1L) * stride + vocab) * dtype.bytes();
    return wrapped(bytes, memory -> Matrix.wrap(memory, rows, vocab, stride, dtype));
  }

  private Owned newColumn(Random random) {
    int rows = 1 + random.nextInt(2);
    boolean owned = random.nextBoolean();
    Device device = device(random);
    return switch (random.nextInt(6)) {
      case 0 ->
          owned
              ? new Owned(targets(device.ints(rows), random), null, null)
              : wrapped(4L * rows, memory -> targets(IntColumn.wrap(memory, rows), random));
      case 1 ->
          owned
              ? new Owned(device.bytes(rows), null, null)
              : wrapped(rows, memory -> ByteColumn.wrap(memory, rows));
      case 2 ->
          owned
              ? new Owned(device.statistics(rows), null, null)
              : wrapped(12L * rows, memory -> StatisticsColumn.wrap(memory, rows));
      default ->
          owned
              ? new Owned(device.floats(rows), null, null)
              : wrapped(4L * rows, memory -> FloatColumn.wrap(memory, rows));
    };
  }

  private static IntColumn targets(IntColumn column, Random random) {
    column.set(0, random.nextInt(20) == 0 ? 1000 : random.nextInt(33));
    return column;
  }

  private interface Wrap {
    Buffer of(MemorySegment memory);
  }

  @SuppressWarnings("MustBeClosedChecker") // By the buffer's owner.
  private static Owned wrapped(long bytes, Wrap wrap) {
    Arena arena = Arena.ofShared();
    MemorySegment around = arena.allocate(bytes + 2 * GUARD_BYTES, 64).fill(GUARD);
    MemorySegment memory = around.asSlice(GUARD_BYTES, bytes).fill((byte) 0);
    return new Owned(wrap.of(memory), around, arena);
  }

  private static Arguments empty(Operation<?> operation, Matrix logits) {
    return switch (operation.id()) {
      case "log_softmax" -> LogSoftmax.of(logits);
      case "entropy" -> Entropy.of(logits);
      case "token_statistics" -> TokenStatistics.of(logits);
      case "logits_gradient" -> LogitsGradient.of(logits);
      case "policy_gradient" -> PolicyGradient.of(logits);
      default -> throw new AssertionError("no arguments of " + operation);
    };
  }

  /** Closes everything; returns how many buffers had guards. */
  private long closeAll() {
    long guarded = 0;
    for (AtomicReferenceArray<Owned> slots : Arrays.asList(matrices, columns)) {
      for (int i = 0; i < slots.length(); i++) {
        Owned owned = slots.get(i);
        if (owned.arena() != null && owned.arena().scope().isAlive()) {
          owned.close();
          guarded++;
        }
      }
    }
    for (int i = 0; i < devices.length(); i++) {
      devices.get(i).close();
    }
    return guarded;
  }
}
