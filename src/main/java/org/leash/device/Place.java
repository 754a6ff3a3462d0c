package org.leash.device;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import org.leash.binding.Lifetime;
import org.leash.binding.Resources;

/**
 * The memory of a buffer, on the host or on a GPU, where the host cannot access it, and its
 * lifetime; and the size of shapes in bytes.
 */
final class Place {
  private final MemorySegment memory;
  private final MemorySegment location;
  private final Device gpu;
  private final boolean pinned;
  private final Lifetime lifetime;
  private final boolean whole;

  /**
   * @param memory exactly the bytes of the elements
   * @param gpu the owner of GPU memory; null for host memory
   * @param pinned whether GPUs may copy from and to the memory asynchronously
   * @param whole whether closing ends the lifetime
   */
  private Place(
      MemorySegment memory, Device gpu, boolean pinned, Lifetime lifetime, boolean whole) {
    this.memory = memory;
    this.location = gpu == null ? memory : memory.asSlice(0, 0);
    this.gpu = gpu;
    this.pinned = pinned;
    this.lifetime = lifetime;
    this.whole = whole;
  }

  /** Host memory of a device. */
  static Place host(Resources.Memory memory, boolean pinned) {
    return new Place(memory.segment(), null, pinned, memory.lifetime(), true);
  }

  /** Memory of a GPU. */
  static Place gpu(Resources.Memory memory, Device device) {
    return new Place(memory.segment(), device, false, memory.lifetime(), true);
  }

  /**
   * The first bytes of the caller's host memory.
   *
   * @throws IllegalArgumentException memory is null, too small or misaligned
   * @throws IllegalStateException memory has been freed
   */
  static Place wrap(MemorySegment memory, long bytes, int alignment) {
    if (memory == null) {
      throw new IllegalArgumentException(
          "memory is null; allocate it, or use a buffer of a Device");
    }
    if (!memory.scope().isAlive()) {
      throw new IllegalStateException("memory is freed; keep its arena open while it is in use");
    }
    if (memory.byteSize() < bytes) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "memory has %d bytes; this shape needs %d", memory.byteSize(), bytes));
    }
    if (bytes > 0 && memory.isNative() && memory.address() == 0) {
      throw new IllegalArgumentException("memory has address 0, so it is not allocated");
    }
    if (bytes > 0 && !memory.isNative() && memory.maxByteAlignment() < alignment) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "memory is a Java array aligned to %d bytes; its elements need %d:"
                  + " wrap an array of their type, or a direct buffer",
              memory.maxByteAlignment(),
              alignment));
    }
    if (bytes > 0 && memory.maxByteAlignment() < alignment) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "memory at address 0x%x is aligned to %d bytes; its elements need %d",
              memory.address(),
              memory.maxByteAlignment(),
              alignment));
    }
    return new Place(memory.asSlice(0, bytes), null, false, Lifetime.FOREIGN, false);
  }

  /**
   * Bytes from the first element of a matrix to the last.
   *
   * @throws IllegalArgumentException the shape is invalid, or its size exceeds 63 bits
   */
  static long bytes(long rows, long vocab, long rowStride, DType dtype) {
    if (dtype == null) {
      throw new IllegalArgumentException("dtype is null; must be F32, BF16 or F16");
    }
    checkRows(rows);
    if (vocab < 1 || vocab > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "vocab is %d; must be in [1, 2^31)", vocab));
    }
    if (rowStride < vocab) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "rowStride is %d; must be at least vocab, %d", rowStride, vocab));
    }
    if (rows == 0) {
      return 0;
    }
    try {
      long elements = Math.addExact(Math.multiplyExact(rows - 1, rowStride), vocab);
      return Math.multiplyExact(elements, (long) dtype.bytes());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d rows with a stride of %d %s exceed 2^63 bytes",
              rows,
              rowStride,
              dtype),
          e);
    }
  }

  /**
   * Bytes of a column.
   *
   * @throws IllegalArgumentException rows is negative, or the size exceeds 63 bits
   */
  static long bytes(long rows, int bytesPerRow) {
    checkRows(rows);
    if (rows > Long.MAX_VALUE / bytesPerRow) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%d rows of %d bytes exceed 2^63 bytes", rows, bytesPerRow));
    }
    return rows * bytesPerRow;
  }

  private static void checkRows(long rows) {
    if (rows < 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "rows is %d; must be at least 0", rows));
    }
  }

  /** A part of this memory, with its lifetime. */
  Place slice(long offset, long bytes) {
    return new Place(memory.asSlice(offset, bytes), gpu, pinned, lifetime, false);
  }

  Lifetime lifetime() {
    return lifetime;
  }

  /**
   * Ends the lifetime of a device's memory, but not through a part of it.
   *
   * @param buffer for messages
   * @throws IllegalStateException a call uses the memory
   */
  void close(Buffer buffer) {
    if (whole) {
      lifetime.close(buffer);
    }
  }

  /**
   * Whether native code can use the memory without risk: off-heap memory, except a mapped file,
   * which another process may cut short.
   */
  boolean isSafeInNativeCode() {
    return memory.isNative() && !memory.isMapped();
  }

  /** The bytes; never to be exposed to callers, as accessing GPU memory crashes the JVM. */
  MemorySegment bytes() {
    return memory;
  }

  /** Address and lifetime; of size 0 for GPU memory. */
  MemorySegment location() {
    return location;
  }

  boolean isOnHost() {
    return gpu == null;
  }

  boolean isPinned() {
    return pinned;
  }

  /** The device that allocated the memory; null for host memory. */
  Device gpu() {
    return gpu;
  }

  boolean isReachableFrom(Device device) {
    return gpu == null ? device.properties().kind() == DeviceKind.CPU : gpu.isSameProcessor(device);
  }

  @Override
  public String toString() {
    return gpu == null ? "memory of the host" : "memory of " + gpu;
  }
}
