package org.leash.device;

import java.lang.foreign.MemorySegment;

/**
 * Memory that kernels read and write, with a shape: a {@link Matrix} or one of the columns.
 *
 * <p>Memory of a {@link Device} is off-heap, zeroed, aligned to 64 bytes, usable from every thread,
 * and freed by {@link #close()} or with its device. Wrapped memory stays the caller's: closing the
 * buffer does nothing to it.
 *
 * <p>The host cannot read the memory of a GPU: there {@link #memory()}, {@code get} and {@code set}
 * throw, while whatever takes or returns an array copies it, after all that the device was given
 * before, and waits until that is done. {@link Device#copy} and {@link Device#enqueueCopy} copy
 * between buffers.
 *
 * <p>Elements are read and written without synchronisation; reading after close is an {@link
 * IllegalStateException}.
 */
public abstract sealed class Buffer implements AutoCloseable
    permits Matrix, FloatColumn, IntColumn, ByteColumn, StatisticsColumn {
  private final Place place;
  private final long rows;
  private final Runnable release;

  Buffer(Place place, long rows, Runnable release) {
    this.place = place;
    this.rows = rows;
    this.release = release;
  }

  /** Number of rows; may be 0. */
  public final long rows() {
    return rows;
  }

  /**
   * Exactly the bytes that hold the elements, from the first to the last.
   *
   * @throws IllegalStateException they lie in memory of a GPU
   */
  public final MemorySegment memory() {
    if (!place.isOnHost()) {
      throw new IllegalStateException(
          "%s lies in %s, which the host cannot read; copy it into a buffer of the host (Device.copy) or an array"
              .formatted(this, place));
    }
    return place.bytes();
  }

  /** Bytes from the first element to the last. */
  public final long byteSize() {
    return place.bytes().byteSize();
  }

  /**
   * For kernels: the address and the lifetime of the memory. In memory of the host, {@link
   * #memory()}; in that of a GPU a segment of size 0, which cannot be read.
   */
  public final MemorySegment location() {
    return place.location();
  }

  /** Whether the host can read the elements. */
  public final boolean isOnHost() {
    return place.isOnHost();
  }

  /** Whether kernels of a device can use it: host memory on a CPU, memory of its own on a GPU. */
  public final boolean isReachableFrom(Device device) {
    return place.isReachableFrom(device);
  }

  /** Where it lies, for people: "memory of the host" or "memory of cuda:0". */
  public final String whereabouts() {
    return place.toString();
  }

  /** Whether the memory is a Java array, which only Java variants can use. */
  public final boolean isHeap() {
    return !place.location().isNative();
  }

  final Place place() {
    return place;
  }

  /** Sets bytes from an array or other memory of the host. */
  final void write(long offset, MemorySegment values) {
    if (place.isOnHost()) {
      MemorySegment.copy(values, 0, place.bytes(), offset, values.byteSize());
    } else {
      place.gpu().upload(values, place.bytes().asSlice(offset, values.byteSize()));
    }
  }

  /** Copies bytes into an array or other memory of the host. */
  final void read(long offset, MemorySegment values) {
    if (place.isOnHost()) {
      MemorySegment.copy(place.bytes(), offset, values, 0, values.byteSize());
    } else {
      place.gpu().download(place.bytes().asSlice(offset, values.byteSize()), values);
    }
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
