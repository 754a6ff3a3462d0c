package org.leash.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * A row-major matrix {@code [rows × vocab]} of logits, log-probabilities or gradients. Element
 * (row, column) lies {@code row · rowStride + column} elements from the start. Kernels never read
 * or write the padding between rows.
 *
 * <p>{@code get} and {@code set} are for tests and small data. For bulk access use {@link
 * #memory()}, or {@link Device#copy} with a GPU.
 */
public final class Matrix extends Buffer {
  private final long vocab;
  private final long rowStride;
  private final DType dtype;

  Matrix(Place place, long rows, long vocab, long rowStride, DType dtype) {
    super(place, rows);
    this.vocab = vocab;
    this.rowStride = rowStride;
    this.dtype = dtype;
  }

  /**
   * A matrix at the start of the caller's memory. The caller keeps the memory open while kernels
   * use it and frees it afterwards.
   *
   * @param memory at least {@code (rows - 1) · rowStride + vocab} elements, aligned to the element;
   *     Java arrays are for Java variants only
   * @param rows at least 0
   * @param vocab in [1, 2^31)
   * @param rowStride elements from one row to the next, at least vocab
   * @throws IllegalArgumentException the shape is invalid, or memory is null, too small or
   *     misaligned
   * @throws IllegalStateException the memory has been freed
   */
  public static Matrix wrap(
      MemorySegment memory, long rows, long vocab, long rowStride, DType dtype) {
    long bytes = Place.bytes(rows, vocab, rowStride, dtype);
    return new Matrix(Place.wrap(memory, bytes, dtype.bytes()), rows, vocab, rowStride, dtype);
  }

  /**
   * An f32 matrix in a Java array, without padding, for Java variants only.
   *
   * @throws IllegalArgumentException values is null or has fewer than {@code rows · vocab} elements
   */
  public static Matrix wrap(float[] values, long rows, long vocab) {
    if (values == null) {
      throw new IllegalArgumentException("values is null; pass an array of rows * vocab floats");
    }
    return wrap(MemorySegment.ofArray(values), rows, vocab, vocab, DType.F32);
  }

  /**
   * A matrix in a part of this matrix's memory. Closing it does not free the memory.
   *
   * @param firstElement elements from the start of this matrix to the start of the slice
   * @throws IllegalArgumentException the shape is invalid
   * @throws IndexOutOfBoundsException the slice does not lie within this matrix
   */
  public Matrix slice(long firstElement, long rows, long vocab, long rowStride) {
    long bytes = Place.bytes(rows, vocab, rowStride, dtype);
    long size = byteSize() / dtype.bytes();
    if (firstElement < 0 || firstElement > size || bytes / dtype.bytes() > size - firstElement) {
      throw new IndexOutOfBoundsException(
          String.format(
              Locale.ROOT,
              "%d rows of %d elements, stride %d, from element %d on do not fit %s",
              rows,
              vocab,
              rowStride,
              firstElement,
              this));
    }
    return new Matrix(
        place().slice(firstElement * dtype.bytes(), bytes), rows, vocab, rowStride, dtype);
  }

  /** Elements per row. */
  public long vocab() {
    return vocab;
  }

  /** Elements from one row to the next. */
  public long rowStride() {
    return rowStride;
  }

  /** Type of the elements. */
  public DType dtype() {
    return dtype;
  }

  /** One element; exact. */
  public float get(long row, long column) {
    return dtype.decode(memory(), offset(row, column));
  }

  /** Sets one element, rounded to the element type. */
  public void set(long row, long column, float value) {
    dtype.encode(memory(), offset(row, column), value);
  }

  /**
   * Sets one row, rounded to the element type.
   *
   * @param values vocab elements
   */
  public void fillRow(long row, float[] values) {
    checkCount(values.length, vocab);
    writeRow(row, values, 0);
  }

  /**
   * Sets all elements, rounded to the element type.
   *
   * @param rowMajor {@code rows · vocab} elements, without padding
   */
  public void copyFrom(float[] rowMajor) {
    checkCount(rowMajor.length, count());
    for (long row = 0; row < rows(); row++) {
      writeRow(row, rowMajor, (int) (row * vocab));
    }
  }

  /**
   * All elements, row by row, without padding.
   *
   * @throws IllegalArgumentException the matrix has more elements than an array can hold
   */
  public float[] toArray() {
    float[] rowMajor = new float[count()];
    if (isOnHost()) {
      decode(memory(), rowMajor);
    } else {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment copy = arena.allocate(byteSize(), Long.BYTES);
        read(0, copy);
        decode(copy, rowMajor);
      }
    }
    return rowMajor;
  }

  private void decode(MemorySegment elements, float[] rowMajor) {
    int next = 0;
    for (long row = 0; row < rows(); row++) {
      long start = offset(row, 0);
      for (long column = 0; column < vocab; column++) {
        rowMajor[next++] = dtype.decode(elements, start + column * dtype.bytes());
      }
    }
  }

  private void writeRow(long row, float[] values, int first) {
    long start = offset(row, 0);
    if (isOnHost()) {
      encode(values, first, memory(), start);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment encoded = arena.allocate(vocab * dtype.bytes(), Long.BYTES);
      encode(values, first, encoded, 0);
      write(start, encoded);
    }
  }

  private void encode(float[] values, int first, MemorySegment elements, long start) {
    for (int column = 0; column < vocab; column++) {
      dtype.encode(elements, start + (long) column * dtype.bytes(), values[first + column]);
    }
  }

  private int count() {
    return count(Math.multiplyExact(rows(), vocab));
  }

  private long offset(long row, long column) {
    if (column < 0 || column >= vocab) {
      throw new IndexOutOfBoundsException(
          String.format(Locale.ROOT, "column %d of %s", column, this));
    }
    return (checkRow(row) * rowStride + column) * dtype.bytes();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "matrix [%d x %d, stride %d] %s", rows(), vocab, rowStride, dtype);
  }
}
