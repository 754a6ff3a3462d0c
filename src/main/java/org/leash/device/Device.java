package org.leash.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Optional;
import org.leash.UnavailableException;
import org.leash.binding.LeashLibrary;
import org.leash.binding.NativeDevice;
import org.leash.binding.Resources;

/**
 * The CPU or a GPU. Allocates and owns the memory for its kernels.
 *
 * <p>A CPU device opens on every machine. Without the native library ({@link
 * DeviceProperties#nativeLibrary()}), its memory comes from the JDK and only Java variants run.
 *
 * <p>A CUDA device is a stream of its GPU: kernels and enqueued copies run asynchronously in the
 * order of their calls; {@link #synchronize()} waits for them and throws their errors. To use
 * several streams, open the GPU several times and order the streams by events. To work among the
 * kernels of another library, {@linkplain #cuda(int, long) open the GPU on its stream}.
 *
 * <p>A device that is dropped without {@link #close()} is closed after the garbage collector has
 * found it and everything of it unused; with assertions enabled, that logs a warning.
 *
 * <p>Thread-safe. Memory is not tied to the device that allocated it: CPU memory may be used with
 * any CPU device of the process, GPU memory with any device of the same GPU.
 */
public final class Device extends Allocator implements AutoCloseable {
  /** Bytes of a piece of a copy through memory that native code can use. */
  private static final long STAGED = 16L << 20;

  private static final long OWN_STREAM = 0;

  private final DeviceProperties properties;
  private final Resources resources;
  private final PinnedMemory pinned = new PinnedMemory(this);

  private Device(DeviceProperties properties, NativeDevice nativeDevice) {
    this.properties = properties;
    this.resources = new Resources(properties.name(), nativeDevice);
    resources.freeWhenDropped(this);
  }

  /** The CPU, with one thread per available processor. */
  public static Device cpu() {
    return open(DeviceKind.CPU, 0, 0, OWN_STREAM);
  }

  /**
   * The CPU, with a number of threads per call.
   *
   * @param threads at least 1, including the calling thread
   */
  public static Device cpu(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "threads is %d; must be at least 1", threads));
    }
    return open(DeviceKind.CPU, 0, threads, OWN_STREAM);
  }

  /**
   * A GPU.
   *
   * @param ordinal CUDA's number of the GPU, from 0
   * @throws UnavailableException there is no such GPU; the message states the reason
   */
  public static Device cuda(int ordinal) {
    return open(DeviceKind.CUDA, ordinal);
  }

  /**
   * A GPU, in a stream of the program: calls run in order with what else is enqueued there, without
   * a wait in between, and can be recorded into a CUDA graph while the program captures the stream.
   *
   * <p>The stream stays the program's. It must be kept until the device has been closed, which
   * waits for it but does not destroy it, and must not be captured then. The program also keeps the
   * buffers of recorded calls, open and referred to, as long as it replays the graph, which does
   * not hold them.
   *
   * @param ordinal CUDA's number of the GPU, from 0
   * @param stream the address of a {@code cudaStream_t} or {@code CUstream} of the GPU's primary
   *     context, such as {@code torch.cuda.Stream.cuda_stream} of PyTorch; 1 for the legacy default
   *     stream; 2 for the default stream of each thread, where only one thread may use the device
   * @throws IllegalArgumentException stream is 0, or belongs to another GPU or context; an address
   *     that is not of a stream is undefined
   * @throws UnavailableException there is no such GPU; the message states the reason
   */
  public static Device cuda(int ordinal, long stream) {
    if (stream == OWN_STREAM) {
      throw new IllegalArgumentException(
          "stream is 0; use 1 for the legacy default stream, or cuda("
              + ordinal
              + ") for one of the device's own");
    }
    return open(DeviceKind.CUDA, ordinal, 0, stream);
  }

  /**
   * Opens a device. The same device may be opened several times.
   *
   * @param ordinal the number among devices of its kind, from 0; 0 for the CPU
   * @throws UnavailableException there is no such device; the message states the reason
   */
  public static Device open(DeviceKind kind, int ordinal) {
    if (kind == null) {
      throw new IllegalArgumentException("kind is null; must be CPU or CUDA");
    }
    return open(kind, ordinal, 0, OWN_STREAM);
  }

  private static Device open(DeviceKind kind, int ordinal, int threads, long stream) {
    if (LeashLibrary.isLoaded()) {
      return openNative(kind, ordinal, threads, stream);
    }
    if (kind != DeviceKind.CPU || ordinal != 0) {
      throw new UnavailableException(
          String.format(
              Locale.ROOT,
              "%s device %d is not available: %s",
              kind,
              ordinal,
              LeashLibrary.unavailable()));
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
            0,
            false),
        null);
  }

  private static Device openNative(DeviceKind kind, int ordinal, int threads, long stream) {
    NativeDevice opened =
        kind == DeviceKind.CPU
            ? NativeDevice.openCpu(ordinal, threads)
            : NativeDevice.openCuda(ordinal, stream);
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
            found.maxCluster(),
            found.driverVersion(),
            true),
        opened);
  }

  /** The properties of this device. */
  public DeviceProperties properties() {
    return properties;
  }

  /** Host memory for {@link #enqueueCopy}, owned by this device. */
  public PinnedMemory pinned() {
    return pinned;
  }

  /**
   * Copies all bytes of a buffer, padding included, after all earlier work of the device. The copy
   * is complete on return.
   *
   * @param from in host memory or memory of this device
   * @param to in host memory or memory of this device, of the same size
   * @throws IllegalArgumentException the sizes differ, or a buffer belongs to another device
   */
  public void copy(Buffer from, Buffer to) {
    copy(from, to, true);
  }

  /**
   * Copies like {@link #copy}, but asynchronously on a GPU; {@link #synchronize()} waits. Until the
   * copy is complete, the source must not be written.
   *
   * @throws IllegalArgumentException the sizes differ, a buffer belongs to another device, or, on a
   *     GPU, host memory is not from {@link #pinned()}
   */
  public void enqueueCopy(Buffer from, Buffer to) {
    if (properties.kind() == DeviceKind.CUDA) {
      for (Buffer buffer : new Buffer[] {from, to}) {
        if (buffer.isOnHost() && !buffer.place().isPinned()) {
          throw new IllegalArgumentException(
              "%s is in ordinary host memory; allocate it from pinned(), or use copy"
                  .formatted(buffer));
        }
      }
    }
    copy(from, to, false);
  }

  private void copy(Buffer from, Buffer to, boolean wait) {
    if (from.byteSize() != to.byteSize()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s has %d bytes and %s has %d; copy between buffers of equal size",
              from,
              from.byteSize(),
              to,
              to.byteSize()));
    }
    for (Buffer buffer : new Buffer[] {from, to}) {
      if (!buffer.isOnHost() && !buffer.isReachableFrom(this)) {
        throw new IllegalArgumentException(
            "%s lies in %s; copy it with a device of that GPU"
                .formatted(buffer, buffer.whereabouts()));
      }
    }
    enter();
    try {
      if (from.isOnHost() && to.isOnHost()) {
        to.memory().copyFrom(from.memory());
      } else if (from.isOnHost() && !from.isSafeInNativeCode()) {
        upload(from.memory(), to.place().bytes());
      } else if (to.isOnHost() && !to.isSafeInNativeCode()) {
        download(from.place().bytes(), to.memory());
      } else {
        resources
            .nativeDevice()
            .copy(from.place().bytes(), from.isOnHost(), to.place().bytes(), to.isOnHost(), wait);
      }
    } finally {
      exit();
    }
  }

  /** Copies host memory that native code cannot use, piece by piece. */
  void upload(MemorySegment values, MemorySegment to) {
    enter();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment staged = arena.allocate(Math.min(values.byteSize(), STAGED), Long.BYTES);
      for (long at = 0; at < values.byteSize(); at += STAGED) {
        long bytes = Math.min(values.byteSize() - at, STAGED);
        MemorySegment piece = staged.asSlice(0, bytes).copyFrom(values.asSlice(at, bytes));
        resources.nativeDevice().copy(piece, true, to.asSlice(at, bytes), false, true);
      }
    } finally {
      exit();
    }
  }

  /** Copies to host memory that native code cannot use, piece by piece. */
  void download(MemorySegment from, MemorySegment values) {
    enter();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment staged = arena.allocate(Math.min(values.byteSize(), STAGED), Long.BYTES);
      for (long at = 0; at < values.byteSize(); at += STAGED) {
        long bytes = Math.min(values.byteSize() - at, STAGED);
        MemorySegment piece = staged.asSlice(0, bytes);
        resources.nativeDevice().copy(from.asSlice(at, bytes), false, piece, true, true);
        values.asSlice(at, bytes).copyFrom(piece);
      }
    } finally {
      exit();
    }
  }

  /**
   * Makes later work of this device wait for a recorded event of any device; orders several streams
   * of a GPU. A CPU's event has always happened. A CPU device cannot wait for an event of a CUDA
   * device.
   *
   * @throws IllegalStateException the event has not been recorded, or is closed
   */
  public void waitFor(Event event) {
    enter();
    try {
      event.letWait(resources.nativeDevice());
    } finally {
      exit();
    }
  }

  /**
   * Waits for all work of the device. On a CPU, calls complete before they return.
   *
   * @throws org.leash.TargetOutOfRangeException in a call since the last synchronization
   * @throws org.leash.DeviceLostException the GPU failed during such a call
   */
  public void synchronize() {
    enter();
    try {
      resources.synchronize();
    } finally {
      exit();
    }
  }

  /** A new event, to be recorded. */
  public Event event() {
    return resources.whileOpen(() -> new Event(this, resources));
  }

  /** Whether the device has been closed. */
  public boolean isClosed() {
    return resources.isClosed();
  }

  /**
   * Waits for all work, frees the device's memory and events, then closes the device. Has no effect
   * when called again. Exceptions of {@link #synchronize()} are thrown after closing.
   *
   * @throws IllegalStateException a call is running on the device or uses its memory; the device
   *     stays open, and so does memory in use
   */
  @Override
  public void close() {
    resources.close();
  }

  /** Whether another device uses the same memory. */
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
   * For kernels: begins a call, during which {@link #close()} throws; {@link #exit()} ends it.
   *
   * @throws IllegalStateException the device is closed
   */
  public void enter() {
    resources.enter();
  }

  /** For kernels: ends the call that {@link #enter()} began. */
  public void exit() {
    resources.exit();
  }

  /** For kernels: the native library's device; empty without the library. */
  public Optional<NativeDevice> nativeDevice() {
    return Optional.ofNullable(resources.nativeDevice());
  }

  @Override
  Place allocate(long bytes) {
    Resources.Memory memory = resources.allocate(bytes, false);
    return properties.kind() == DeviceKind.CUDA
        ? Place.gpu(memory, this)
        : Place.host(memory, false);
  }

  Place allocatePinned(long bytes) {
    return Place.host(resources.allocate(bytes, true), true);
  }
}
