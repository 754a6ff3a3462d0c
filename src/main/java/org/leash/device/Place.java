package org.leash.device;

import java.lang.foreign.MemorySegment;

/**
 * The memory of a buffer, on the host or on a GPU, where the host cannot access it; and the size of
 * shapes in bytes.
 */
final class Place {
  private final MemorySegment memory;
  private final MemorySegment location;
  private final Device gpu;
  private final boolean pinned;

  /**
   * @param memory exactly the bytes of the elements
   * @param gpu the owner of GPU memory; null for host memory
   * @param pinned whether GPUs may copy from and to the memory asynchronously
   */
  private Place(MemorySegment memory, Device gpu, boolean pinned) {
    this.memory = memory;
    this.location = gpu == null ? memory : memory.asSlice(0, 0);
    this.gpu = gpu;
    this.pinned = pinned;
  }

  static Place host(MemorySegment memory) {
    return new Place(memory, null, false);
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
          "memory has %d bytes; this shape needs %d".formatted(memory.byteSize(), bytes));
    }
    if (bytes > 0 && memory.isNative() && memory.address() == 0) {
      throw new IllegalArgumentException("memory has address 0, so it is not allocated");
    }
    if (bytes > 0 && !memory.isNative() && memory.maxByteAlignment() < alignment) {
      throw new IllegalArgumentException(
          "memory is a Java array aligned to %d bytes; its elements need %d: wrap an array of their"
                  .formatted(memory.maxByteAlignment(), alignment)
              + " type, or a direct buffer");
    }
    if (bytes > 0 && memory.maxByteAlignment() < alignment) {
      throw new IllegalArgumentException(
          "memory at address 0x%x is aligned to %d bytes; its elements need %d"
              .formatted(memory.address(), memory.maxByteAlignment(), alignment));
    }
    return host(memory.asSlice(0, bytes));
  }

  static Place pinned(MemorySegment memory) {
    return new Place(memory, null, true);
  }

  static Place gpu(MemorySegment memory, Device device) {
    return new Place(memory, device, false);
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
      throw new IllegalArgumentException("vocab is %d; must be in [1, 2^31)".formatted(vocab));
    }
    if (rowStride < vocab) {
      throw new IllegalArgumentException(
          "rowStride is %d; must be at least vocab, %d".formatted(rowStride, vocab));
    }
    if (rows == 0) {
      return 0;
    }
    try {
      long elements = Math.addExact(Math.multiplyExact(rows - 1, rowStride), vocab);
      return Math.multiplyExact(elements, (long) dtype.bytes());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "%d rows with a stride of %d %s exceed 2^63 bytes".formatted(rows, rowStride, dtype), e);
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
          "%d rows of %d bytes exceed 2^63 bytes".formatted(rows, bytesPerRow));
    }
    return rows * bytesPerRow;
  }

  private static void checkRows(long rows) {
    if (rows < 0) {
      throw new IllegalArgumentException("rows is %d; must be at least 0".formatted(rows));
    }
  }

  /** A part of this memory. */
  Place slice(long offset, long bytes) {
    return new Place(memory.asSlice(offset, bytes), gpu, pinned);
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
