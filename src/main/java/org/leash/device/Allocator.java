package org.leash.device;

/** A source of buffers. Buffers are zeroed, and are freed when they or the device are closed. */
abstract sealed class Allocator permits Device, PinnedMemory {
  /**
   * Memory and its release.
   *
   * @param place zeroed and aligned to 64 bytes
   * @param release frees the memory
   */
  record Owned(Place place, Runnable release) {}

  abstract Owned allocate(long bytes);

  /** A matrix of zeros without padding. See {@link #matrix(long, long, long, DType)}. */
  public final Matrix matrix(long rows, long vocab, DType dtype) {
    return matrix(rows, vocab, vocab, dtype);
  }

  /**
   * A matrix of zeros.
   *
   * @param rows at least 0
   * @param vocab in [1, 2^31)
   * @param rowStride elements from one row to the next, at least vocab
   * @throws IllegalArgumentException the shape is invalid
   * @throws OutOfMemoryError there is not enough memory
   */
  public final Matrix matrix(long rows, long vocab, long rowStride, DType dtype) {
    Owned memory = allocate(Place.bytes(rows, vocab, rowStride, dtype));
    return new Matrix(memory.place(), rows, vocab, rowStride, dtype, memory.release());
  }

  /** A column of f32 zeros, one per row. */
  public final FloatColumn floats(long rows) {
    Owned memory = allocate(Place.bytes(rows, FloatColumn.BYTES));
    return new FloatColumn(memory.place(), rows, memory.release());
  }

  /** A column of int zeros, one per row. */
  public final IntColumn ints(long rows) {
    Owned memory = allocate(Place.bytes(rows, IntColumn.BYTES));
    return new IntColumn(memory.place(), rows, memory.release());
  }

  /** A column of byte zeros, one per row. */
  public final ByteColumn bytes(long rows) {
    Owned memory = allocate(Place.bytes(rows, ByteColumn.BYTES));
    return new ByteColumn(memory.place(), rows, memory.release());
  }

  /** A column of zeroed statistics, three f32 per row. */
  public final StatisticsColumn statistics(long rows) {
    Owned memory = allocate(Place.bytes(rows, StatisticsColumn.BYTES));
    return new StatisticsColumn(memory.place(), rows, memory.release());
  }
}
