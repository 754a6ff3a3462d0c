package org.leash.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
 * <p>A CUDA device is a stream of its GPU: kernels, copies and fills run in the order of their
 * calls, which return before; {@link #synchronize()} waits for them and throws their errors. To use
 * several streams, open the GPU several times and order them by events.
 *
 * <p>Thread-safe. Memory may be used with any CPU device of the process, or any device of the same
 * GPU, not only with the one it came from.
 */
public final class Device extends Allocator implements AutoCloseable {
  private static final int CLOSED = -1;

  private final DeviceProperties properties;
  private final NativeDevice nativeDevice;
  private final PinnedMemory pinned = new PinnedMemory(this);
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
   * A GPU.
   *
   * @param ordinal as CUDA numbers them, from 0
   * @throws UnavailableException there is no such GPU; the message says what is missing
   */
  public static Device cuda(int ordinal) {
    return open(DeviceKind.CUDA, ordinal);
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
            0,
            0,
            0,
            0,
            false),
        null);
  }

  private static Device openNative(DeviceKind kind, int ordinal, int threads) {
    NativeDevice opened =
        kind == DeviceKind.CPU
            ? NativeDevice.openCpu(ordinal, threads)
            : NativeDevice.openCuda(ordinal);
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
            found.computeCapability(),
            found.multiprocessors(),
            found.sharedBytesPerBlock(),
            found.driverVersion(),
            true),
        opened);
  }

  /** What this device is. */
  public DeviceProperties properties() {
    return properties;
  }

  /** Memory of the host for {@link #enqueueCopy}; it belongs to this device. */
  public PinnedMemory pinned() {
    return pinned;
  }

  /**
   * Copies all bytes of a buffer, padding included, after what the device was given before; done
   * when it returns.
   *
   * @param from memory of the host or of this device
   * @param to of the same size, likewise
   * @throws IllegalArgumentException sizes differ, or memory is another device's
   */
  public void copy(Buffer from, Buffer to) {
    copy(from, to, true);
  }

  /**
   * Copies as {@link #copy} does, but returns before it is done on a GPU: {@link #synchronize()}
   * waits. Until then the source must not be written.
   *
   * @throws IllegalArgumentException sizes differ, memory is another device's, or memory of the
   *     host is not of {@link #pinned()}
   */
  public void enqueueCopy(Buffer from, Buffer to) {
    if (properties.kind() == DeviceKind.CUDA) {
      for (Buffer buffer : new Buffer[] {from, to}) {
        if (buffer.isOnHost() && !buffer.place().isPinned()) {
          throw new IllegalArgumentException(
              "%s is ordinary memory of the host; take it of pinned(), or use copy"
                  .formatted(buffer));
        }
      }
    }
    copy(from, to, false);
  }

  private void copy(Buffer from, Buffer to, boolean wait) {
    if (from.byteSize() != to.byteSize()) {
      throw new IllegalArgumentException(
          "%s has %d bytes and %s has %d; copy between buffers of one size"
              .formatted(from, from.byteSize(), to, to.byteSize()));
    }
    for (Buffer buffer : new Buffer[] {from, to}) {
      if (!buffer.isOnHost() && !buffer.isReachableFrom(this)) {
        throw new IllegalArgumentException(
            "%s lies in %s; copy it by a device of that GPU"
                .formatted(buffer, buffer.whereabouts()));
      }
    }
    enter();
    try {
      if (from.isOnHost() && to.isOnHost()) {
        to.memory().copyFrom(from.memory());
      } else if (from.isHeap()) {
        upload(from.memory(), to.place().bytes());
      } else if (to.isHeap()) {
        download(from.place().bytes(), to.memory());
      } else {
        nativeDevice.copy(
            from.place().bytes(), from.isOnHost(), to.place().bytes(), to.isOnHost(), wait);
      }
    } finally {
      exit();
    }
  }

  void upload(MemorySegment values, MemorySegment to) {
    enter();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment staged = arena.allocate(values.byteSize(), Long.BYTES).copyFrom(values);
      nativeDevice.copy(staged, true, to, false, true);
    } finally {
      exit();
    }
  }

  void download(MemorySegment from, MemorySegment values) {
    enter();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment staged = arena.allocate(values.byteSize(), Long.BYTES);
      nativeDevice.copy(from, false, staged, true, true);
      values.copyFrom(staged);
    } finally {
      exit();
    }
  }

  /**
   * Lets what this device is given from now on wait for what an event recorded: on a GPU this
   * orders several devices, which are streams of it. On a CPU all of it has happened.
   *
   * @throws IllegalStateException the event has not been recorded, or is closed
   */
  public void waitFor(Event event) {
    enter();
    try {
      event.letWait(nativeDevice);
    } finally {
      exit();
    }
  }

  /**
   * Waits until all work of the device is done. On a CPU, calls are complete when they return.
   *
   * @throws org.leash.TargetOutOfRangeException of a call since the last time
   * @throws org.leash.DeviceLostException the GPU failed under one of them
   */
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
   * Waits for its work, frees everything that this device still owns, then the device; does nothing
   * when called again. Throws what {@link #synchronize()} would have thrown, when it is closed.
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
    RuntimeException failure = failureOfPendingWork();
    try {
      for (Iterator<Runnable> each = owned.iterator(); each.hasNext(); ) {
        each.next().run();
        each.remove();
      }
    } catch (IllegalStateException e) {
      callsInFlight.set(0);
      IllegalStateException refused = inUse(e);
      if (failure != null) {
        refused.addSuppressed(failure);
      }
      throw refused;
    }
    if (nativeDevice != null) {
      nativeDevice.close();
    }
    if (failure != null) {
      throw failure;
    }
  }

  private RuntimeException failureOfPendingWork() {
    try {
      if (nativeDevice != null) {
        nativeDevice.synchronize();
      }
      return null;
    } catch (RuntimeException e) {
      return e;
    }
  }

  /** Whether kernels of the other device use the same memory. */
  boolean isSameProcessor(Device other) {
    return properties.kind() == other.properties.kind()
        && properties.ordinal() == other.properties.ordinal();
  }

  /** "cpu" or "cuda:0". */
  @Override
  public String toString() {
    return new DeviceId(properties.kind(), properties.ordinal()).toString();
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

  @Override
  Owned allocate(long bytes) {
    return whileOpen(
        () -> {
          Allocation allocation =
              nativeDevice == null ? Allocation.ofJdk(bytes) : nativeDevice.allocate(bytes);
          boolean isGpu = properties.kind() == DeviceKind.CUDA;
          return new Owned(
              isGpu ? Place.gpu(allocation.memory(), this) : Place.host(allocation.memory()),
              own(allocation::close));
        });
  }

  Owned allocatePinned(long bytes) {
    return whileOpen(
        () -> {
          Allocation allocation =
              nativeDevice == null ? Allocation.ofJdk(bytes) : nativeDevice.allocateHost(bytes);
          return new Owned(Place.pinned(allocation.memory()), own(allocation::close));
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
