package org.leash.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.leash.binding.generated.Leash;
import org.leash.binding.generated.leash_device_options;
import org.leash.binding.generated.leash_device_properties;

/**
 * A {@code leash_device} with its operations on memory and events. The owner must ensure that no
 * call is in flight during, or begins after, {@link #close()}; this is not checked.
 */
public final class NativeDevice {
  private final MemorySegment handle;

  /** The device itself, while open, and its allocations, which are freed through it. */
  private final AtomicInteger users = new AtomicInteger(1);

  private NativeDevice(MemorySegment handle) {
    this.handle = handle;
  }

  /**
   * Opens a CPU device. The library must be loaded.
   *
   * @param ordinal 0
   * @param threads 0 for one per processor that is available to the process and to the JVM, which
   *     may be fewer: of a container's quota, or by {@code -XX:ActiveProcessorCount}
   * @throws org.leash.UnavailableException there is no such device
   */
  public static NativeDevice openCpu(int ordinal, int threads) {
    return open(Leash.LEASH_DEVICE_CPU(), ordinal, threads, 0);
  }

  /**
   * Opens a GPU. The library must be loaded.
   *
   * @param stream the address of the {@code cudaStream_t} to work in; 0 for one of its own
   * @throws IllegalArgumentException the stream belongs to another GPU or context
   * @throws org.leash.UnavailableException there is no such device
   */
  public static NativeDevice openCuda(int ordinal, long stream) {
    return open(Leash.LEASH_DEVICE_CUDA(), ordinal, 0, stream);
  }

  private static NativeDevice open(int kind, int ordinal, int threads, long stream) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment options = leash_device_options.allocate(arena);
      leash_device_options.threads(options, threads);
      leash_device_options.max_threads(options, Runtime.getRuntime().availableProcessors());
      leash_device_options.stream(options, MemorySegment.ofAddress(stream));
      MemorySegment device = arena.allocate(Leash.C_POINTER);
      Status.check(Leash.leash_device_open(kind, ordinal, options, device));
      return new NativeDevice(device.get(Leash.C_POINTER, 0));
    }
  }

  /** The {@code leash_device *}. */
  public MemorySegment handle() {
    return handle;
  }

  /** The address of the {@code cudaStream_t} of a CUDA device. */
  public long stream() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment stream = arena.allocate(Leash.C_POINTER);
      Status.check(Leash.leash_device_stream(handle, stream));
      return stream.get(Leash.C_POINTER, 0).address();
    }
  }

  /** Closes the device, as soon as its memory is freed. */
  public void close() {
    leave();
  }

  private void leave() {
    if (users.decrementAndGet() == 0) {
      Status.check(Leash.leash_device_close(handle));
    }
  }

  /** The library's properties of a device; units as in {@code leash_device_properties}. */
  public record Properties(
      String name,
      int threads,
      long memoryBytes,
      long lastLevelCacheBytes,
      String instructionSets,
      int computeCapability,
      int multiprocessors,
      long sharedBytesPerBlock,
      int maxCluster,
      int driverVersion) {}

  /** The library's properties of this device. */
  public Properties properties() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment properties = leash_device_properties.allocate(arena);
      Status.check(Leash.leash_device_get_properties(handle, properties));
      return new Properties(
          leash_device_properties.name(properties).getString(0),
          leash_device_properties.threads(properties),
          leash_device_properties.memory_bytes(properties),
          leash_device_properties.last_level_cache_bytes(properties),
          leash_device_properties.instruction_sets(properties).getString(0),
          leash_device_properties.compute_capability(properties),
          leash_device_properties.multiprocessors(properties),
          leash_device_properties.shared_bytes_per_block(properties),
          leash_device_properties.max_cluster(properties),
          leash_device_properties.driver_version(properties));
    }
  }

  /**
   * Memory of the device, all zero.
   *
   * @param freed called after the memory has been freed; does not refer to it
   * @throws OutOfMemoryError the device does not have enough memory
   */
  public Allocation allocate(long bytes, Runnable freed) {
    return allocate(bytes, Leash::leash_allocate, Leash::leash_free, freed);
  }

  /**
   * Host memory for asynchronous copies, all zero.
   *
   * @param freed called after the memory has been freed; does not refer to it
   * @throws OutOfMemoryError there is not enough memory
   */
  public Allocation allocateHost(long bytes, Runnable freed) {
    return allocate(bytes, Leash::leash_allocate_host, Leash::leash_free_host, freed);
  }

  /** {@code leash_allocate} or {@code leash_allocate_host}. */
  private interface Allocate {
    int call(MemorySegment device, long bytes, MemorySegment memory);
  }

  /** {@code leash_free} or {@code leash_free_host}. */
  private interface Free {
    int call(MemorySegment device, MemorySegment memory);
  }

  private Allocation allocate(long bytes, Allocate allocate, Free free, Runnable freed) {
    users.incrementAndGet();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(Leash.C_POINTER);
      // At least one byte, so that empty memory has a unique address.
      Status.check(allocate.call(handle, Math.max(bytes, 1), result));
      MemorySegment address = result.get(Leash.C_POINTER, 0);
      return Allocation.of(address, bytes, () -> free(address, free, freed));
    } catch (RuntimeException | Error e) {
      leave();
      throw e;
    }
  }

  private void free(MemorySegment address, Free free, Runnable freed) {
    try {
      Status.check(free.call(handle, address));
    } finally {
      freed.run();
      leave();
    }
  }

  /**
   * Copies between memory of equal size, after all earlier work of the device.
   *
   * @param wait whether the copy is complete on return
   */
  public void copy(
      MemorySegment from, boolean fromHost, MemorySegment to, boolean toHost, boolean wait) {
    int direction =
        fromHost
            ? Leash.LEASH_COPY_HOST_TO_DEVICE()
            : toHost ? Leash.LEASH_COPY_DEVICE_TO_HOST() : Leash.LEASH_COPY_DEVICE_TO_DEVICE();
    Status.check(
        wait
            ? Leash.leash_copy(handle, to, from, to.byteSize(), direction)
            : Leash.leash_enqueue_copy(handle, to, from, to.byteSize(), direction));
  }

  /** Waits for all work of the device. */
  public void synchronize() {
    Status.check(Leash.leash_synchronize(handle));
  }

  /** Creates a {@code leash_event *}. */
  public MemorySegment createEvent() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment event = arena.allocate(Leash.C_POINTER);
      Status.check(Leash.leash_event_create(handle, event));
      return event.get(Leash.C_POINTER, 0);
    }
  }

  /** Marks the end of the device's work so far. */
  public void recordEvent(MemorySegment event) {
    Status.check(Leash.leash_event_record(handle, event));
  }

  /** Makes later work wait for a recorded event. */
  public void waitFor(MemorySegment event) {
    Status.check(Leash.leash_wait(handle, event));
  }

  /**
   * Device time in nanoseconds from one recorded event to another. Waits until the device has
   * reached the second.
   */
  public double elapsedNanos(MemorySegment begin, MemorySegment end) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment nanos = arena.allocate(Leash.C_DOUBLE);
      Status.check(Leash.leash_event_elapsed_ns(begin, end, nanos));
      return nanos.get(Leash.C_DOUBLE, 0);
    }
  }

  /** Frees an event. */
  public void destroyEvent(MemorySegment event) {
    Status.check(Leash.leash_event_destroy(event));
  }
}
