package org.leash.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.leash.binding.Elements;
import org.leash.device.DType;
import org.leash.device.Matrix;

/**
 * A part of a row for the vector loops, converted to f32 and padded with −∞ to whole vectors. It
 * stays in the first-level cache while the row streams from memory. The conversions are loops over
 * arrays, which the compiler vectorises.
 */
final class Block {
  /** Elements of every block of a row except the last. */
  static final int LENGTH = 2048;

  final float[] values = new float[LENGTH];
  private final short[] halves = new short[LENGTH];
  private final int multiple;
  private int padded;

  /**
   * @param multiple a power of two; blocks are padded to a multiple of it
   */
  Block(int multiple) {
    this.multiple = multiple;
  }

  /** Length including padding. */
  int padded() {
    return padded;
  }

  /** Reads the elements from {@code column} to the end of the block or row. */
  void load(Matrix matrix, long row, long column) {
    int count = count(matrix, column);
    MemorySegment memory = matrix.memory();
    long offset = offset(matrix, row, column);
    switch (matrix.dtype()) {
      case F32 -> Elements.read(memory, offset, values, count);
      case BF16 -> {
        Elements.read(memory, offset, halves, count);
        for (int i = 0; i < count; i++) {
          values[i] = Float.intBitsToFloat(halves[i] << 16);
        }
      }
      case F16 -> {
        Elements.read(memory, offset, halves, count);
        for (int i = 0; i < count; i++) {
          values[i] = Float.float16ToFloat(halves[i]);
        }
      }
    }
    padded = (count + multiple - 1) & -multiple;
    Arrays.fill(values, count, padded, Float.NEGATIVE_INFINITY);
  }

  /**
   * Replaces the first element equal to {@code value} with −∞. There is none if another thread has
   * written the memory since the value was read.
   */
  void drop(float value) {
    for (int i = 0; i < padded; i++) {
      if (values[i] == value) {
        values[i] = Float.NEGATIVE_INFINITY;
        return;
      }
    }
  }

  /** Writes the elements of {@code values}, without the padding, each rounded once. */
  void store(Matrix matrix, long row, long column) {
    int count = count(matrix, column);
    MemorySegment memory = matrix.memory();
    long offset = offset(matrix, row, column);
    switch (matrix.dtype()) {
      case F32 -> Elements.write(values, memory, offset, count);
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          halves[i] = DType.floatToBf16(values[i]);
        }
        Elements.write(halves, memory, offset, count);
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          halves[i] = Float.floatToFloat16(values[i]);
        }
        Elements.write(halves, memory, offset, count);
      }
    }
  }

  private static int count(Matrix matrix, long column) {
    return (int) Math.min(LENGTH, matrix.vocab() - column);
  }

  private static long offset(Matrix matrix, long row, long column) {
    return (row * matrix.rowStride() + column) * matrix.dtype().bytes();
  }
}
