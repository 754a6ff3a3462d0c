package org.leash.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.leash.binding.Elements;
import org.leash.device.DType;
import org.leash.device.Matrix;

/**
 * A piece of one row, converted to f32 and padded with −∞ to whole vectors: what the vector loops
 * work on. It stays in the first-level cache while the row streams from memory once. The
 * conversions are loops over arrays, which the compiler vectorises.
 */
final class Block {
  /** Elements of all blocks of a row but the last. */
  static final int LENGTH = 2048;

  final float[] values = new float[LENGTH];
  private final short[] halves = new short[LENGTH];
  private final int multiple;
  private int padded;

  /**
   * @param multiple a power of two, to which the length of a block is padded
   */
  Block(int multiple) {
    this.multiple = multiple;
  }

  /** Length with padding. */
  int padded() {
    return padded;
  }

  /** Reads the elements from {@code column} on, as many as a block or the row has. */
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

  /** Puts −∞ in the place of the first element that equals {@code value}; there is one. */
  void drop(float value) {
    int i = 0;
    while (values[i] != value) {
      i++;
    }
    values[i] = Float.NEGATIVE_INFINITY;
  }

  /** Writes the elements of {@code values} that lie in the row, each rounded once. */
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
