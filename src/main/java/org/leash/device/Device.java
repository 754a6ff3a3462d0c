package org.leash.device;

import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.leash.UnavailableException;
import org.leash.binding.Allocation;
import org.leash.binding.LeashLibrary;
import org.leash.binding.NativeDevice;

/**
 * A processor or GPU: hands out memory that its kernels use, and owns it.
 *
 * <p>A CPU device opens on every machine. Without the native library its memory comes from the JDK
 * and only Java variants run; {@link DeviceProperties#nativeLibrary()} tells.
 *
 * <p>Thread-safe. Memory may be used with any CPU device of the process, not only with the one it
 * came from.
 */
public final class Device implements AutoCloseable {
  private static final int CLOSED = -1;

  private final DeviceProperties properties;
  private final NativeDevice nativeDevice;
  private final Set<Runnable> owned = ConcurrentHashMap.newKeySet();
  private final AtomicInteger callsInFlight = new AtomicInteger();

  private Device(DeviceProperties properties, NativeDevice nativeDevice) {
    this.properties = properties;
    this.nativeDevice = nativeDevice;
  }

  /** The CPU, with one thread per available processor. */
  public static Device cpu() {
    return open(DeviceKind.CPU, 0, 0);
  }

  /**
   * The CPU, with a number of threads that share each call, the caller's among them.
   *
   * @param threads at least 1
   */
  public static Device cpu(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is %d; it is at least 1".formatted(threads));
    }
    return open(DeviceKind.CPU, 0, threads);
  }

  /**
   * Opens a device; it may be opened several times.
   *
   * @param ordinal its number among devices of its kind, from 0; the only CPU is 0
   * @throws UnavailableException there is no such device; the message says why
   */
  public static Device open(DeviceKind kind, int ordinal) {
    if (kind == null) {
      throw new IllegalArgumentException("kind is null; it is CPU or CUDA");
    }
    return open(kind, ordinal, 0);
  }

  private static Device open(DeviceKind kind, int ordinal, int threads) {
    if (LeashLibrary.isLoaded()) {
      return openNative(kind, ordinal, threads);
    }
    if (kind != DeviceKind.CPU || ordinal != 0) {
      throw new UnavailableException(
          "%s device %d is not available: %s".formatted(kind, ordinal, LeashLibrary.unavailable()));
    }
    int processors = Runtime.getRuntime().availableProcessors();
    return new Device(
        new DeviceProperties(
            kind,
            ordinal,
            System.getProperty("os.arch"),
            threads == 0 ? processors : threads,
            0,
            0,
            "",
            false),
        null);
  }

  private static Device openNative(DeviceKind kind, int ordinal, int threads) {
    NativeDevice opened = NativeDevice.open(kind.abi(), ordinal, threads);
    NativeDevice.Properties found = opened.properties();
    return new Device(
        new DeviceProperties(
            kind,
            ordinal,
            found.name(),
            found.threads(),
            found.memoryBytes(),
            found.lastLevelCacheBytes(),
            found.instructionSets(),
            true),
        opened);
  }

  /** What this device is. */
  public DeviceProperties properties() {
    return properties;
  }

  /** A matrix of zeros without padding. See {@link #matrix(long, long, long, DType)}. */
  public Matrix matrix(long rows, long vocab, DType dtype) {
    return matrix(rows, vocab, vocab, dtype);
  }

  /**
   * A matrix of zeros.
   *
   * @param rows at least 0
   * @param vocab in [1, 2^31)
   * @param rowStride elements from one row to the next, at least vocab
   * @throws IllegalArgumentException a shape that is not legal
   * @throws OutOfMemoryError the device has not that much memory
   */
  public Matrix matrix(long rows, long vocab, long rowStride, DType dtype) {
    Owned memory = allocate(Region.bytes(rows, vocab, rowStride, dtype));
    return new Matrix(
        memory.allocation().memory(), rows, vocab, rowStride, dtype, memory.release());
  }

  /** A column of zeros. */
  public FloatColumn floats(long rows) {
    Owned memory = allocate(Region.bytes(rows, FloatColumn.BYTES));
    return new FloatColumn(memory.allocation().memory(), rows, memory.release());
  }

  /** A column of zeros. */
  public IntColumn ints(long rows) {
    Owned memory = allocate(Region.bytes(rows, IntColumn.BYTES));
    return new IntColumn(memory.allocation().memory(), rows, memory.release());
  }

  /** A column of zeros. */
  public ByteColumn bytes(long rows) {
    Owned memory = allocate(Region.bytes(rows, ByteColumn.BYTES));
    return new ByteColumn(memory.allocation().memory(), rows, memory.release());
  }

  /** A column of zeros. */
  public StatisticsColumn statistics(long rows) {
    Owned memory = allocate(Region.bytes(rows, StatisticsColumn.BYTES));
    return new StatisticsColumn(memory.allocation().memory(), rows, memory.release());
  }

  /** Waits until all work of the device is done. On a CPU, calls are complete when they return. */
  public void synchronize() {
    enter();
    try {
      if (nativeDevice != null) {
        nativeDevice.synchronize();
      }
    } finally {
      exit();
    }
  }

  /** A new event, not yet recorded. */
  public Event event() {
    return whileOpen(() -> new Event(this, nativeDevice));
  }

  /** Whether it has been closed. */
  public boolean isClosed() {
    return callsInFlight.get() == CLOSED;
  }

  /**
   * Frees everything that this device still owns, then the device; does nothing when called again.
   *
   * @throws IllegalStateException a call is running on the device or uses its memory; the device
   *     stays open, to be closed when the call has returned
   */
  @Override
  public void close() {
    if (!callsInFlight.compareAndSet(0, CLOSED)) {
      if (isClosed()) {
        return;
      }
      throw new IllegalStateException(
          "a call is running on the device %s; close it when the call has returned"
              .formatted(properties.name()));
    }
    try {
      for (Iterator<Runnable> each = owned.iterator(); each.hasNext(); ) {
        each.next().run();
        each.remove();
      }
    } catch (IllegalStateException e) {
      callsInFlight.set(0);
      throw inUse(e);
    }
    if (nativeDevice != null) {
      nativeDevice.close();
    }
  }

  /**
   * For kernels: begins a call, during which {@link #close()} refuses. To be followed by {@link
   * #exit()}.
   *
   * @throws IllegalStateException the device is closed
   */
  public void enter() {
    if (!tryEnter()) {
      throw new IllegalStateException(
          "the device %s is closed; open another".formatted(properties.name()));
    }
  }

  /** For kernels: ends the call that {@link #enter()} began. */
  public void exit() {
    callsInFlight.decrementAndGet();
  }

  /** For kernels: the device as the native library knows it; empty without the library. */
  public Optional<NativeDevice> nativeDevice() {
    return Optional.ofNullable(nativeDevice);
  }

  /** Registers what is to be freed with the device at the latest; returns what frees it earlier. */
  Runnable own(Runnable free) {
    owned.add(free);
    return () -> release(free);
  }

  private record Owned(Allocation allocation, Runnable release) {}

  private Owned allocate(long bytes) {
    return whileOpen(
        () -> {
          Allocation allocation =
              nativeDevice == null ? Allocation.ofJdk(bytes) : nativeDevice.allocate(bytes);
          return new Owned(allocation, own(allocation::close));
        });
  }

  private void release(Runnable free) {
    if (!tryEnter()) {
      // The device has freed it, or is about to.
      return;
    }
    try {
      if (owned.remove(free)) {
        try {
          free.run();
        } catch (IllegalStateException e) {
          owned.add(free);
          throw inUse(e);
        }
      }
    } finally {
      exit();
    }
  }

  private static IllegalStateException inUse(IllegalStateException cause) {
    return new IllegalStateException(
        "a call that is running uses this memory; close it when the call has returned", cause);
  }

  private <T> T whileOpen(Supplier<T> call) {
    enter();
    try {
      return call.get();
    } finally {
      exit();
    }
  }

  private boolean tryEnter() {
    int calls;
    do {
      calls = callsInFlight.get();
      if (calls == CLOSED) {
        return false;
      }
    } while (!callsInFlight.compareAndSet(calls, calls + 1));
    return true;
  }
}
