package org.leash.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.leash.UnavailableException;
import org.leash.binding.LeashLibrary;

/** Properties, ownership and lifetime of devices. */
final class DeviceTest {
  @Test
  void hasProperties() {
    try (Device device = Device.cpu(3)) {
      DeviceProperties properties = device.properties();
      assertThat(properties.kind()).isEqualTo(DeviceKind.CPU);
      assertThat(properties.threads()).isEqualTo(3);
      assertThat(properties.name()).isNotBlank();
      assertThat(properties.nativeLibrary()).isEqualTo(LeashLibrary.isLoaded());
      assertThat(device.nativeDevice().isPresent()).isEqualTo(LeashLibrary.isLoaded());
    }
    try (Device device = Device.cpu()) {
      assertThat(device.properties().threads()).isPositive();
    }
  }

  @Test
  void rejectsUnknownDevices() {
    assertThatThrownBy(() -> Device.cpu(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threads is 0; must be at least 1");
    assertThatThrownBy(() -> Device.open(null, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Device.open(DeviceKind.CUDA, 0))
        .isInstanceOf(UnavailableException.class)
        .message()
        .isNotBlank();
    assertThatThrownBy(() -> Device.open(DeviceKind.CPU, 1))
        .isInstanceOfAny(UnavailableException.class, IllegalArgumentException.class)
        .hasMessageContaining("1");
  }

  @Test
  void closingFreesMemoryAndEvents() {
    Device device = Device.cpu(1);
    Matrix matrix = device.matrix(2, 2, DType.F32);
    FloatColumn column = device.floats(2);
    Event event = device.event();
    column.close();
    column.close();
    assertThatThrownBy(() -> column.get(0)).isInstanceOf(IllegalStateException.class);
    assertThat(matrix.get(0, 0)).isZero();

    device.close();
    device.close();
    assertThat(device.isClosed()).isTrue();
    assertThatThrownBy(() -> matrix.get(0, 0)).isInstanceOf(IllegalStateException.class);
    matrix.close();
    event.close();
    assertThatThrownBy(() -> device.floats(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed; open another");
    assertThatThrownBy(device::event).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(device::synchronize).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(event::record).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closingDuringCallThrows() {
    Device device = Device.cpu(1);
    device.enter();
    assertThatThrownBy(device::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("a call is running");
    assertThat(device.isClosed()).isFalse();
    device.exit();
    device.close();
    assertThat(device.isClosed()).isTrue();
  }

  @Test
  void rejectsExcessiveAllocation() {
    try (Device device = Device.cpu(1)) {
      assertThatThrownBy(() -> device.matrix(1L << 30, 1L << 30, DType.F32))
          .isInstanceOf(OutOfMemoryError.class)
          .message()
          .isNotBlank();
      assertThatThrownBy(() -> device.matrix(1L << 40, 1L << 30, DType.F32))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> device.floats(-1)).isInstanceOf(IllegalArgumentException.class);
      assertThat(device.floats(1).get(0)).isZero();
    }
  }

  @Test
  void eventsMeasureTime() {
    try (Device device = Device.cpu(1);
        Device other = Device.cpu(1)) {
      Event begin = device.event();
      Event end = device.event();
      begin.record();
      assertThatThrownBy(() -> end.nanosSince(begin))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("has not been recorded");
      long started = System.nanoTime();
      long floor = System.nanoTime();
      while (floor - started < 1_000_000) {
        floor = System.nanoTime();
      }
      end.record();
      assertThat(end.nanosSince(begin)).isBetween(1e6, 1e10);
      Event stranger = other.event();
      stranger.record();
      assertThatThrownBy(() -> end.nanosSince(stranger))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("another device");
      begin.close();
      begin.close();
      assertThatThrownBy(() -> end.nanosSince(begin)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(begin::record)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the event is closed");
    }
  }
}
