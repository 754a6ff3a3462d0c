package org.leash.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DeviceIdTest {

  @Test
  void parsesNames() {
    assertThat(DeviceId.parse("cpu")).isEqualTo(DeviceId.CPU).hasToString("cpu");
    assertThat(DeviceId.parse("CUDA")).isEqualTo(new DeviceId(DeviceKind.CUDA, 0));
    assertThat(DeviceId.parse("cuda:12")).hasToString("cuda:12");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gpu", "cuda:", "cuda:-1", "cuda:1234567890", "cuda:0 ", "cpu,cuda"})
  void rejectsInvalidNames(String name) {
    assertThatThrownBy(() -> DeviceId.parse(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining('"' + name + '"')
        .hasMessageContaining("cuda:0");
  }
}
