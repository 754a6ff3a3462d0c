package org.leash.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SafetensorsTest {
  @TempDir Path folder;

  @Test
  void readsBackEveryBit() throws IOException {
    Map<String, double[]> tensors = new LinkedHashMap<>();
    tensors.put("policy", new double[] {0.1, -0.0, Double.MIN_VALUE, Double.NaN});
    tensors.put("empty", new double[0]);
    tensors.put("large", new double[20_000]);
    tensors.get("large")[19_999] = Math.PI;
    Path file = folder.resolve("a.safetensors");
    Safetensors.of(tensors).write(file);
    Map<String, double[]> read = Safetensors.read(file);
    assertThat(read.keySet()).containsExactly("policy", "empty", "large");
    tensors.forEach((name, values) -> assertThat(read.get(name)).isEqualTo(values));
    // The data start at a multiple of 64 bytes.
    long header =
        ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertThat((8 + header) % 64).isZero();
  }

  @Test
  void readsF32AndMetadata() throws IOException {
    Path file = folder.resolve("f32.safetensors");
    ByteBuffer data =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(1.5f).putFloat(-2);
    write(
        file,
        "{\"__metadata__\":{\"format\":\"pt\"},\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}",
        data.array());
    assertThat(Safetensors.read(file).get("w")).containsExactly(1.5, -2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"w\":7}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} x",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"w\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[8,8]}}",
        "{\"w\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[0,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"v\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}",
        "{\"w\":{\"dtype\":\"F64\",\"shape\":[2147483647,2147483647,4],\"data_offsets\":[0,9223372036854775807]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,1e400]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,99999999999999999999]}}",
      })
  void rejectsUnsoundHeader(String header) throws IOException {
    Path file = folder.resolve("bad.safetensors");
    write(file, header, new byte[8]);
    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(BadFileException.class)
        .hasMessageContaining("bad.safetensors");
  }

  @Test
  void rejectsDeepHeaderAndWrongLength() throws IOException {
    Path file = folder.resolve("bad.safetensors");
    write(file, "{\"w\":" + "[".repeat(100_000), new byte[0]);
    assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(BadFileException.class);
    for (long length : new long[] {-1, 0, 1, 9, Long.MAX_VALUE, 200_000_000}) {
      Files.write(
          file, ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
      assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(BadFileException.class);
    }
    Files.write(file, new byte[7]);
    assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(BadFileException.class);
  }

  private static void write(Path file, String header, byte[] data) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    Files.write(
        file,
        ByteBuffer.allocate(8 + json.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json)
            .put(data)
            .array());
  }
}
