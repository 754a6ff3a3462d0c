package org.leash.device;

import java.lang.foreign.MemorySegment;

/**
 * Where the elements of a buffer lie: in memory of the host, or of a GPU, which the host cannot
 * read; and how many bytes they take.
 */
final class Place {
  private final MemorySegment memory;
  private final MemorySegment location;
  private final Device gpu;
  private final boolean pinned;

  /**
   * @param memory exactly the bytes of the elements
   * @param gpu whose memory it is; null for the host
   * @param pinned whether GPUs may copy from and to it while the host goes on
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
   * The first bytes of a caller's memory of the host.
   *
   * @throws IllegalArgumentException memory is null, too small or not aligned to its element type
   * @throws IllegalStateException memory has been freed
   */
  static Place wrap(MemorySegment memory, long bytes, int alignment) {
    if (memory == null) {
      throw new IllegalArgumentException(
          "memory is null; allocate it, or take a buffer of a Device");
    }
    if (!memory.scope().isAlive()) {
      throw new IllegalStateException("memory is freed; keep its arena open while it is in use");
    }
    if (memory.byteSize() < bytes) {
      throw new IllegalArgumentException(
          "memory has %d bytes; this shape takes %d".formatted(memory.byteSize(), bytes));
    }
    if (bytes > 0 && memory.isNative() && memory.address() == 0) {
      throw new IllegalArgumentException("memory has the address 0; it is not allocated");
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
   * Bytes from the first element of a matrix to its last.
   *
   * @throws IllegalArgumentException the shape is not legal, or too large for 64 bits
   */
  static long bytes(long rows, long vocab, long rowStride, DType dtype) {
    if (dtype == null) {
      throw new IllegalArgumentException("dtype is null; it is one of F32, BF16, F16");
    }
    checkRows(rows);
    if (vocab < 1 || vocab > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("vocab is %d; it is in [1, 2^31)".formatted(vocab));
    }
    if (rowStride < vocab) {
      throw new IllegalArgumentException(
          "rowStride is %d; it is at least vocab, %d".formatted(rowStride, vocab));
    }
    if (rows == 0) {
      return 0;
    }
    try {
      long elements = Math.addExact(Math.multiplyExact(rows - 1, rowStride), vocab);
      return Math.multiplyExact(elements, (long) dtype.bytes());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "%d rows with a stride of %d %s are more than 2^63 bytes"
              .formatted(rows, rowStride, dtype),
          e);
    }
  }

  /**
   * Bytes of a column.
   *
   * @throws IllegalArgumentException rows is negative or too large for 64 bits
   */
  static long bytes(long rows, int bytesPerRow) {
    checkRows(rows);
    if (rows > Long.MAX_VALUE / bytesPerRow) {
      throw new IllegalArgumentException(
          "%d rows of %d bytes are more than 2^63 bytes".formatted(rows, bytesPerRow));
    }
    return rows * bytesPerRow;
  }

  private static void checkRows(long rows) {
    if (rows < 0) {
      throw new IllegalArgumentException("rows is %d; it is at least 0".formatted(rows));
    }
  }

  /** A part of it. */
  Place slice(long offset, long bytes) {
    return new Place(memory.asSlice(offset, bytes), gpu, pinned);
  }

  /** The bytes; not to be given to anybody who might access those of a GPU. */
  MemorySegment bytes() {
    return memory;
  }

  /** Its address and lifetime; of size 0 where the host cannot access it. */
  MemorySegment location() {
    return location;
  }

  boolean isOnHost() {
    return gpu == null;
  }

  boolean isPinned() {
    return pinned;
  }

  /** The device that handed it out; null for the host. */
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
