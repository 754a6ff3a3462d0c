package org.leash.device;

import java.lang.foreign.MemorySegment;

/**
 * Memory that kernels read and write, with a shape: a {@link Matrix} or one of the columns.
 *
 * <p>Memory of a {@link Device} is off-heap, zeroed, aligned to 64 bytes, usable from every thread,
 * and freed by {@link #close()} or with its device. Wrapped memory stays the caller's: closing the
 * buffer does nothing to it.
 *
 * <p>Elements are read and written without synchronisation; reading after close is an {@link
 * IllegalStateException}.
 */
public abstract sealed class Buffer implements AutoCloseable
    permits Matrix, FloatColumn, IntColumn, ByteColumn, StatisticsColumn {
  private final MemorySegment memory;
  private final long rows;
  private final Runnable release;

  Buffer(MemorySegment memory, long rows, Runnable release) {
    this.memory = memory;
    this.rows = rows;
    this.release = release;
  }

  /** Number of rows; may be 0. */
  public final long rows() {
    return rows;
  }

  /** Exactly the bytes that hold the elements, from the first to the last. */
  public final MemorySegment memory() {
    return memory;
  }

  /** Whether the memory is a Java array, which only Java variants can use. */
  public final boolean isHeap() {
    return !memory.isNative();
  }

  /**
   * Frees memory of a device; does nothing to wrapped memory, nor when called again.
   *
   * @throws IllegalStateException a call that is running uses the memory; close it when the call
   *     has returned
   */
  @Override
  public final void close() {
    release.run();
  }

  /** What wrapped buffers do when they are closed. */
  static void keep() {}

  /** What the buffer is, with its shape. */
  @Override
  public abstract String toString();

  final void checkCount(long given, long wanted) {
    if (given != wanted) {
      throw new IllegalArgumentException(
          "%s takes %d values, not %d".formatted(this, wanted, given));
    }
  }

  final int count(long elements) {
    if (elements > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "%s has %d elements, more than an array can hold; read it row by row"
              .formatted(this, elements));
    }
    return (int) elements;
  }

  final long checkRow(long row) {
    if (row < 0 || row >= rows) {
      throw new IndexOutOfBoundsException("row %d of %s".formatted(row, this));
    }
    return row;
  }
}
