package org.leash.device;

import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * Memory with a shape, for kernels: a {@link Matrix} or a column.
 *
 * <p>Memory of a {@link Device} is off-heap, zeroed, aligned to 64 bytes, usable from every thread,
 * and freed by {@link #close()} or with its device, or after the garbage collector has found that
 * nobody can use it any more. While a call of a kernel uses it, closing throws. Wrapped memory
 * remains the caller's: closing the buffer does not free it, and the caller keeps it open.
 *
 * <p>The host cannot access GPU memory: for such buffers {@link #memory()}, {@code get} and {@code
 * set} throw; methods that take or return an array copy after all earlier work of the device and
 * wait for the copy. {@link Device#copy} and {@link Device#enqueueCopy} copy between buffers.
 *
 * <p>Elements are accessed without synchronization. Access after close throws {@link
 * IllegalStateException}.
 */
public abstract sealed class Buffer implements AutoCloseable
    permits Matrix, FloatColumn, IntColumn, ByteColumn, StatisticsColumn {
  private final Place place;
  private final long rows;

  Buffer(Place place, long rows) {
    this.place = place;
    this.rows = rows;
  }

  /** Number of rows; may be 0. */
  public final long rows() {
    return rows;
  }

  /**
   * The bytes from the first element to the last, padding between rows included.
   *
   * @throws IllegalStateException the buffer is in GPU memory
   */
  public final MemorySegment memory() {
    if (!place.isOnHost()) {
      throw new IllegalStateException(
          "%s lies in %s, which the host cannot read; copy it into a host buffer (Device.copy) or an array"
              .formatted(this, place));
    }
    return place.bytes();
  }

  /** Number of bytes from the first element to the last, padding between rows included. */
  public final long byteSize() {
    return place.bytes().byteSize();
  }

  /**
   * For kernels: the address and lifetime of the memory. {@link #memory()} for host memory; an
   * inaccessible segment of size 0 for GPU memory.
   */
  public final MemorySegment location() {
    return place.location();
  }

  /** Whether the buffer is in host memory. */
  public final boolean isOnHost() {
    return place.isOnHost();
  }

  /** Whether kernels of a device can use the buffer: host memory on a CPU, its own on a GPU. */
  public final boolean isReachableFrom(Device device) {
    return place.isReachableFrom(device);
  }

  /** The place of the memory, for messages: "memory of the host" or "memory of cuda:0". */
  public final String whereabouts() {
    return place.toString();
  }

  /** Whether the memory is a Java array, usable only by Java variants. */
  public final boolean isHeap() {
    return !place.location().isNative();
  }

  /**
   * For kernels: whether native code can use the memory without risk: GPU memory, or off-heap
   * memory except a mapped file, which another process may cut short, so that access to it kills a
   * native program.
   */
  public final boolean isSafeInNativeCode() {
    return !place.isOnHost() || place.isSafeInNativeCode();
  }

  /**
   * For kernels: keeps memory of a device from being closed until {@link #release()}.
   *
   * @param call the call that uses it, as its text at the time of a refused close says
   * @return false if the memory is closed; true for wrapped memory, which its owner keeps open
   */
  public final boolean hold(Object call) {
    return place.lifetime().hold(call);
  }

  /** For kernels: ends what {@link #hold} began. */
  public final void release() {
    place.lifetime().release();
  }

  final Place place() {
    return place;
  }

  /** Copies bytes from an array or other host memory. */
  final void write(long offset, MemorySegment values) {
    if (place.isOnHost()) {
      MemorySegment.copy(values, 0, place.bytes(), offset, values.byteSize());
    } else {
      place.gpu().upload(values, place.bytes().asSlice(offset, values.byteSize()));
    }
  }

  /** Copies bytes to an array or other host memory. */
  final void read(long offset, MemorySegment values) {
    if (place.isOnHost()) {
      MemorySegment.copy(place.bytes(), offset, values, 0, values.byteSize());
    } else {
      place.gpu().download(place.bytes().asSlice(offset, values.byteSize()), values);
    }
  }

  /**
   * Frees memory of a device. Has no effect on wrapped memory, on slices, or when called again.
   *
   * @throws IllegalStateException a running call uses the memory; the message names it
   */
  @Override
  public final void close() {
    place.close(this);
  }

  /** Kind and shape of the buffer. */
  @Override
  public abstract String toString();

  final void checkCount(long given, long wanted) {
    if (given != wanted) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s takes %d values, not %d", this, wanted, given));
    }
  }

  final int count(long elements) {
    if (elements > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s has %d elements, more than an array can hold; read it row by row",
              this,
              elements));
    }
    return (int) elements;
  }

  final long checkRow(long row) {
    if (row < 0 || row >= rows) {
      throw new IndexOutOfBoundsException(String.format(Locale.ROOT, "row %d of %s", row, this));
    }
    return row;
  }
}
