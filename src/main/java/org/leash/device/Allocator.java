package org.leash.device;

/** What hands out buffers: each zeroed, and freed by its close or with the device. */
abstract sealed class Allocator permits Device, PinnedMemory {
  /**
   * @param place zeroed and aligned to 64 bytes
   * @param release what frees it
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
   * @throws IllegalArgumentException a shape that is not legal
   * @throws OutOfMemoryError there is not that much memory
   */
  public final Matrix matrix(long rows, long vocab, long rowStride, DType dtype) {
    Owned memory = allocate(Place.bytes(rows, vocab, rowStride, dtype));
    return new Matrix(memory.place(), rows, vocab, rowStride, dtype, memory.release());
  }

  /** A column of zeros. */
  public final FloatColumn floats(long rows) {
    Owned memory = allocate(Place.bytes(rows, FloatColumn.BYTES));
    return new FloatColumn(memory.place(), rows, memory.release());
  }

  /** A column of zeros. */
  public final IntColumn ints(long rows) {
    Owned memory = allocate(Place.bytes(rows, IntColumn.BYTES));
    return new IntColumn(memory.place(), rows, memory.release());
  }

  /** A column of zeros. */
  public final ByteColumn bytes(long rows) {
    Owned memory = allocate(Place.bytes(rows, ByteColumn.BYTES));
    return new ByteColumn(memory.place(), rows, memory.release());
  }

  /** A column of zeros. */
  public final StatisticsColumn statistics(long rows) {
    Owned memory = allocate(Place.bytes(rows, StatisticsColumn.BYTES));
    return new StatisticsColumn(memory.place(), rows, memory.release());
  }
}
