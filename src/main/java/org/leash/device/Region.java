package org.leash.device;

import java.lang.foreign.MemorySegment;

/** Sizes of buffers in bytes, and whether a caller's memory is fit for them. */
final class Region {
  private Region() {}

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

  /**
   * The first bytes of a caller's memory.
   *
   * @throws IllegalArgumentException memory is null, too small or not aligned to its element type
   * @throws IllegalStateException memory has been freed
   */
  static MemorySegment of(MemorySegment memory, long bytes, int alignment) {
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
    if (bytes > 0 && memory.maxByteAlignment() < alignment) {
      throw new IllegalArgumentException(
          "memory at address 0x%x is aligned to %d bytes; its elements need %d"
              .formatted(memory.address(), memory.maxByteAlignment(), alignment));
    }
    return memory.asSlice(0, bytes);
  }
}
