package org.leash.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Shapes, bounds and copies of matrices and columns, wrapped and owned. */
final class BufferTest {
  @ParameterizedTest
  @EnumSource
  void matrixOfDeviceIsZeroedAndWritable(DType dtype) {
    try (Device device = Device.cpu(1);
        Matrix matrix = device.matrix(3, 5, 8, dtype)) {
      assertThat(matrix.memory().byteSize()).isEqualTo(21L * dtype.bytes());
      assertThat(matrix.memory().address() % 64).isZero();
      assertThat(matrix.memory().mismatch(MemorySegment.ofArray(new byte[21 * dtype.bytes()])))
          .isEqualTo(-1);
      assertThat(matrix.isHeap()).isFalse();

      float[] values = new float[15];
      for (int i = 0; i < values.length; i++) {
        values[i] = i - 7;
      }
      matrix.copyFrom(values);
      assertThat(matrix.toArray()).isEqualTo(values);
      assertThat(matrix.get(2, 4)).isEqualTo(7);
      assertThat(dtype.decode(matrix.memory(), 8L * dtype.bytes())).isEqualTo(-2);

      matrix.fillRow(1, new float[] {9, 8, 7, 6, 5});
      matrix.set(1, 1, 0.5f);
      assertThat(matrix.toArray()[4]).isEqualTo(-3);
      assertThat(matrix.toArray()[6]).isEqualTo(0.5f);
      assertThat(matrix.toArray()[10]).isEqualTo(3);
      assertThat(matrix).hasToString("matrix [3 x 5, stride 8] " + dtype);
    }
  }

  @Test
  void matrixInAnArray() {
    float[] values = {1, 2, 3, 4, 5, 6};
    Matrix matrix = Matrix.wrap(values, 2, 3);
    matrix.set(1, 0, 40);
    assertThat(values[3]).isEqualTo(40);
    assertThat(matrix.isHeap()).isTrue();
    matrix.close();
    assertThat(matrix.get(0, 2)).isEqualTo(3);
  }

  @Test
  void columnsInArrays() {
    float[] floats = {1, 2};
    int[] ints = {3, 4};
    byte[] bytes = {5, 6};
    FloatColumn.wrap(floats).set(1, 20);
    IntColumn.wrap(ints).set(0, 30);
    ByteColumn.wrap(bytes).set(1, (byte) 60);
    assertThat(floats).containsExactly(1, 20);
    assertThat(ints).containsExactly(30, 4);
    assertThat(bytes).containsExactly(5, 60);
    assertThat(FloatColumn.wrap(floats).rows()).isEqualTo(2);
  }

  @Test
  void columns() {
    try (Device device = Device.cpu(1)) {
      FloatColumn floats = device.floats(2);
      floats.copyFrom(new float[] {1, 2});
      floats.set(1, 3);
      assertThat(floats.toArray()).containsExactly(1, 3);
      IntColumn ints = device.ints(2);
      ints.copyFrom(new int[] {1, 2});
      ints.set(0, -3);
      assertThat(ints.toArray()).containsExactly(-3, 2);
      ByteColumn bytes = device.bytes(2);
      bytes.copyFrom(new byte[] {1, 2});
      bytes.set(1, (byte) 0);
      assertThat(bytes.toArray()).containsExactly(1, 0);
      StatisticsColumn statistics = device.statistics(2);
      statistics.copyFrom(new float[] {1, 2, 3, 4, 5, 6});
      statistics.set(0, 7, 8, 9);
      assertThat(statistics.toArray()).containsExactly(7, 8, 9, 4, 5, 6);
      assertThat(statistics.get(1)).isEqualTo(new StatisticsColumn.Row(4, 5, 6));
      assertThat(floats.memory().address() % 64).isZero();
    }
  }

  @Test
  void acceptsZeroRows() {
    try (Device device = Device.cpu(1)) {
      assertThat(device.matrix(0, 7, DType.BF16).toArray()).isEmpty();
      assertThat(device.floats(0).toArray()).isEmpty();
      assertThat(Matrix.wrap(MemorySegment.NULL, 0, 7, 7, DType.F32).rows()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 4, 4, rows is -1; must be at least 0",
    "2, 0, 4, 'vocab is 0; must be in [1, 2^31)'",
    "2, 2147483648, 2147483648, 'vocab is 2147483648; must be in [1, 2^31)'",
    "2, 4, 3, 'rowStride is 3; must be at least vocab, 4'",
    "4294967296, 4, 4294967296, 4294967296 rows with a stride of 4294967296 F32 exceed 2^63"
        + " bytes",
    "4611686018427387904, 1, 2, 4611686018427387904 rows with a stride of 2 F32 exceed 2^63"
        + " bytes",
    "3, 4, 4, memory has 44 bytes; this shape needs 48",
  })
  void rejectsInvalidShapes(long rows, long vocab, long rowStride, String message) {
    MemorySegment memory = MemorySegment.ofArray(new float[11]);
    assertThatThrownBy(() -> Matrix.wrap(memory, rows, vocab, rowStride, DType.F32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void rejectsInvalidMemory() {
    assertRefused(() -> Matrix.wrap((float[]) null, 1, 1), "values is null");
    assertRefused(() -> Matrix.wrap(null, 1, 1, 1, DType.F32), "memory is null");
    assertRefused(
        () -> Matrix.wrap(new float[6], 2, 4), "memory has 24 bytes; this shape needs 32");
    assertRefused(
        () -> Matrix.wrap(MemorySegment.ofArray(new float[1]), 1, 1, 1, null), "dtype is null");
    assertRefused(
        () -> Matrix.wrap(MemorySegment.ofArray(new byte[64]), 1, 1, 1, DType.F32),
        "aligned to 1 bytes; its elements need 4");
    assertRefused(
        () -> Matrix.wrap(MemorySegment.ofBuffer(ByteBuffer.allocate(64)), 1, 1, 1, DType.F32),
        "memory is a Java array aligned to 1 bytes; its elements need 4: wrap an array of their"
            + " type, or a direct buffer");
    assertRefused(() -> IntColumn.wrap(null), "values is null; pass an array with one int per row");
    assertRefused(() -> FloatColumn.wrap(MemorySegment.NULL, 1), "memory has 0 bytes");
    assertRefused(() -> IntColumn.wrap(MemorySegment.NULL, -1), "rows is -1");
    assertRefused(
        () -> StatisticsColumn.wrap(MemorySegment.NULL, Long.MAX_VALUE / 2), "exceed 2^63");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment odd = arena.allocate(64, 64).asSlice(2);
      assertRefused(() -> FloatColumn.wrap(odd, 4), "aligned to 2 bytes; its elements need 4");
      assertThat(Matrix.wrap(odd, 1, 4, 4, DType.BF16).get(0, 3)).isZero();
    }
  }

  @Test
  void rejectsFreedMemory() {
    MemorySegment memory;
    FloatColumn column;
    try (Arena arena = Arena.ofConfined()) {
      memory = arena.allocate(64, 64);
      column = FloatColumn.wrap(memory, 4);
    }
    assertThatThrownBy(() -> column.get(0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> FloatColumn.wrap(memory, 4))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("memory is freed; keep its arena open while it is in use");
  }

  @Test
  void rejectsInvalidIndicesAndCounts() {
    Matrix matrix = Matrix.wrap(new float[6], 2, 3);
    for (long[] index : new long[][] {{2, 0}, {-1, 0}, {0, 3}, {0, -1}}) {
      assertThatThrownBy(() -> matrix.get(index[0], index[1]))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessageContaining("matrix [2 x 3, stride 3] F32");
    }
    assertRefused(
        () -> matrix.copyFrom(new float[5]), "matrix [2 x 3, stride 3] F32 takes 6 values, not 5");
    assertRefused(() -> matrix.fillRow(0, new float[2]), "takes 3 values, not 2");
    FloatColumn column = FloatColumn.wrap(MemorySegment.ofArray(new float[2]), 2);
    assertThatThrownBy(() -> column.set(2, 0)).hasMessage("row 2 of float column [2]");
    assertRefused(() -> column.copyFrom(new float[3]), "float column [2] takes 2 values, not 3");
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
