package org.leash.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SafetensorsLayoutTest {
  @TempDir Path folder;

  @Test
  void writesHeaderAndTensors() throws IOException {
    Path file = folder.resolve("two.safetensors");
    new Safetensors()
        .add("a", new int[] {1, -2, 3, 4, 5, 6}, 2, 3)
        .add("b\"c", new double[] {0.5}, 1)
        .write(file);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) bytes.getLong();
    byte[] header = new byte[length];
    bytes.get(header);
    assertThat((Long.BYTES + length) % 64).isZero();
    assertThat(new String(header, StandardCharsets.UTF_8).strip())
        .isEqualTo(
            "{\"a\":{\"dtype\":\"I32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                + "\"b\\\"c\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[24,32]}}");
    assertThat(bytes.getInt()).isEqualTo(1);
    assertThat(bytes.getInt()).isEqualTo(-2);
    bytes.position(bytes.position() + 16);
    assertThat(bytes.getDouble()).isEqualTo(0.5);
    assertThat(bytes.hasRemaining()).isFalse();
  }

  @Test
  void rejectsRepeatedName() {
    Safetensors tensors = new Safetensors().add("a", new int[1], 1);
    assertThatThrownBy(() -> tensors.add("a", new int[1], 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a");
  }
}
