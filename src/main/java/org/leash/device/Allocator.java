package org.leash.device;

/**
 * A source of buffers. Buffers are zeroed, and are freed when they or the device are closed, or
 * once nobody can use them any more.
 */
abstract sealed class Allocator permits Device, PinnedMemory {
  /** Memory of the device, zeroed and aligned to 64 bytes. */
  abstract Place allocate(long bytes);

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
    return new Matrix(
        allocate(Place.bytes(rows, vocab, rowStride, dtype)), rows, vocab, rowStride, dtype);
  }

  /** A column of f32 zeros, one per row. */
  public final FloatColumn floats(long rows) {
    return new FloatColumn(allocate(Place.bytes(rows, FloatColumn.BYTES)), rows);
  }

  /** A column of int zeros, one per row. */
  public final IntColumn ints(long rows) {
    return new IntColumn(allocate(Place.bytes(rows, IntColumn.BYTES)), rows);
  }

  /** A column of byte zeros, one per row. */
  public final ByteColumn bytes(long rows) {
    return new ByteColumn(allocate(Place.bytes(rows, ByteColumn.BYTES)), rows);
  }

  /** A column of zeroed statistics, three f32 per row. */
  public final StatisticsColumn statistics(long rows) {
    return new StatisticsColumn(allocate(Place.bytes(rows, StatisticsColumn.BYTES)), rows);
  }
}
