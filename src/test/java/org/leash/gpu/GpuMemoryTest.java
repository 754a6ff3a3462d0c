package org.leash.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.leash.device.ByteColumn;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.DeviceKind;
import org.leash.device.Event;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.device.StatisticsColumn;

/** GPU memory: access by the host, copies, streams, and rejected uses. */
final class GpuMemoryTest {
  @Test
  void hasProperties() {
    try (Device gpu = Gpus.open(0)) {
      assertThat(gpu.properties().kind()).isEqualTo(DeviceKind.CUDA);
      assertThat(gpu.properties().name()).isNotBlank();
      assertThat(gpu.properties().computeCapability()).isBetween(80, 109);
      assertThat(gpu.properties().instructionSets())
          .isEqualTo("sm_" + gpu.properties().computeCapability());
      assertThat(gpu.properties().multiprocessors()).isPositive();
      assertThat(gpu.properties().sharedBytesPerBlock()).isPositive();
      assertThat(gpu.properties().driverVersion()).isPositive();
      assertThat(gpu.properties().memoryBytes()).isPositive();
      assertThat(gpu).hasToString("cuda:0");
    }
  }

  @ParameterizedTest
  @EnumSource
  void matricesAreZeroedAndCopyToAndFromArrays(DType dtype) {
    try (Device gpu = Gpus.open(0);
        Matrix matrix = gpu.matrix(3, 5, 8, dtype)) {
      assertThat(matrix.toArray()).hasSize(15).containsOnly(0.0f);
      float[] values = new float[15];
      for (int i = 0; i < values.length; i++) {
        values[i] = i - 7;
      }
      matrix.copyFrom(values);
      assertThat(matrix.toArray()).isEqualTo(values);
      matrix.fillRow(1, new float[] {9, 8, 7, 6, 5});
      assertThat(matrix.toArray()[5]).isEqualTo(9);
      assertThat(matrix.toArray()[4]).isEqualTo(-3);
      assertThat(matrix.slice(8, 1, 3, 3).toArray()).containsExactly(9, 8, 7);
      assertThatThrownBy(() -> matrix.slice(8, 2, 5, 9))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> matrix.slice(-1, 1, 1, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void columnsCopyToAndFromArrays() {
    try (Device gpu = Gpus.open(0)) {
      FloatColumn floats = gpu.floats(2);
      IntColumn ints = gpu.ints(2);
      ByteColumn bytes = gpu.bytes(2);
      StatisticsColumn statistics = gpu.statistics(2);
      assertThat(floats.toArray()).containsOnly(0.0f);
      floats.copyFrom(new float[] {1, 2});
      ints.copyFrom(new int[] {3, 4});
      bytes.copyFrom(new byte[] {5, 6});
      statistics.copyFrom(new float[] {1, 2, 3, 4, 5, 6});
      assertThat(floats.toArray()).containsExactly(1, 2);
      assertThat(ints.toArray()).containsExactly(3, 4);
      assertThat(bytes.toArray()).containsExactly(5, 6);
      assertThat(statistics.toArray()).containsExactly(1, 2, 3, 4, 5, 6);
      assertThat(gpu.floats(0).toArray()).isEmpty();
    }
  }

  @Test
  void hostCannotAccessGpuMemory() {
    try (Device gpu = Gpus.open(0);
        Matrix matrix = gpu.matrix(1, 2, DType.F32);
        FloatColumn column = gpu.floats(3)) {
      String message = "float column [3] lies in memory of cuda:0, which the host cannot read";
      assertThatThrownBy(() -> column.get(0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith(message);
      assertThatThrownBy(() -> column.set(0, 1)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(column::memory).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> matrix.get(0, 0)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> matrix.set(0, 0, 1)).isInstanceOf(IllegalStateException.class);
      assertThat(column.isOnHost()).isFalse();
      assertThat(column.isHeap()).isFalse();
      assertThat(column.byteSize()).isEqualTo(12);
      MemorySegment location = column.location();
      assertThat(location.byteSize()).isZero();
      assertThat(location.address()).isNotZero();
      assertThatThrownBy(() -> location.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void copiesBetweenBuffers() {
    try (Device gpu = Gpus.open(0);
        Device stream = Gpus.open(0);
        Arena arena = Arena.ofShared()) {
      FloatColumn onGpu = gpu.floats(3);
      FloatColumn other = gpu.floats(3);
      FloatColumn wrapped = FloatColumn.wrap(arena.allocate(12, 4), 3);
      FloatColumn array = FloatColumn.wrap(MemorySegment.ofArray(new float[3]), 3);
      array.copyFrom(new float[] {1, 2, 3});
      gpu.copy(array, onGpu);
      gpu.copy(onGpu, other);
      stream.copy(other, wrapped);
      assertThat(wrapped.toArray()).containsExactly(1, 2, 3);
      array.copyFrom(new float[3]);
      gpu.copy(wrapped, array);
      assertThat(array.toArray()).containsExactly(1, 2, 3);
      assertThatThrownBy(() -> gpu.copy(array, gpu.floats(4)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("12 bytes")
          .hasMessageContaining("16");
      assertThatThrownBy(() -> gpu.enqueueCopy(wrapped, onGpu))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("allocate it from pinned(), or use copy");
      try (Device cpu = Device.cpu(1)) {
        assertThatThrownBy(() -> cpu.copy(onGpu, wrapped))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("lies in memory of cuda:0; copy it with a device of that GPU");
      }
    }
  }

  @Test
  void copiesPinnedMemoryAsynchronously() {
    try (Device gpu = Gpus.open(0)) {
      FloatColumn pinned = gpu.pinned().floats(2);
      FloatColumn onGpu = gpu.floats(2);
      FloatColumn back = gpu.pinned().floats(2);
      assertThat(pinned.toArray()).containsOnly(0.0f);
      pinned.copyFrom(new float[] {7, 8});
      gpu.enqueueCopy(pinned, onGpu);
      gpu.enqueueCopy(onGpu, back);
      gpu.synchronize();
      assertThat(back.get(1)).isEqualTo(8);
      pinned.close();
      assertThatThrownBy(() -> pinned.get(0)).isInstanceOf(IllegalStateException.class);
    }
    try (Device cpu = Device.cpu(1)) {
      FloatColumn one = cpu.pinned().floats(1);
      one.set(0, 3);
      FloatColumn other = cpu.floats(1);
      cpu.enqueueCopy(one, other);
      assertThat(other.get(0)).isEqualTo(3);
    }
  }

  @Test
  void eventsOrderStreams() {
    try (Device one = Gpus.open(0);
        Device other = Gpus.open(0)) {
      FloatColumn pinned = one.pinned().floats(1);
      FloatColumn onGpu = one.floats(1);
      FloatColumn back = other.pinned().floats(1);
      pinned.set(0, 5);
      Event begin = one.event();
      Event copied = one.event();
      assertThatThrownBy(() -> other.waitFor(copied))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("has not been recorded");
      begin.record();
      one.enqueueCopy(pinned, onGpu);
      copied.record();
      other.waitFor(copied);
      other.enqueueCopy(onGpu, back);
      other.synchronize();
      assertThat(back.get(0)).isEqualTo(5);
      assertThat(copied.nanosSince(begin)).isNotNegative();
    }
  }

  @Test
  void closingFreesMemory() {
    Device gpu = Gpus.open(0);
    FloatColumn column = gpu.floats(2);
    FloatColumn closed = gpu.floats(2);
    closed.close();
    closed.close();
    assertThatThrownBy(closed::toArray).isInstanceOf(IllegalStateException.class);
    gpu.close();
    gpu.close();
    assertThatThrownBy(column::toArray)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
    assertThatThrownBy(() -> gpu.copy(column, column)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(gpu::synchronize).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void rejectsExcessiveAllocation() {
    try (Device gpu = Gpus.open(0)) {
      assertThatThrownBy(() -> gpu.matrix(1L << 22, 1L << 22, DType.F32))
          .isInstanceOf(OutOfMemoryError.class)
          .hasMessageContaining("on CUDA device 0, which has ");
      assertThat(gpu.floats(1).toArray()).containsExactly(0);
    }
  }
}
