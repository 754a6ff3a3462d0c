package org.leash.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class DTypeTest {
  @ParameterizedTest
  @CsvSource({
    "1.0, 1.0",
    "-0.0, -0.0",
    // Halfway between 1 and its successor 1 + 2^-7: to even, down; halfway to the next: to even,
    // up.
    "1.00390625, 1.0",
    "1.01171875, 1.015625",
    "1.0039064, 1.0078125",
    "3.4028235E38, Infinity",
    "-Infinity, -Infinity",
    "1.0E-45, 0.0"
  })
  void bf16RoundsToNearestEven(float value, float rounded) {
    assertThat(DType.bf16ToFloat(DType.floatToBf16(value))).isEqualTo(rounded);
  }

  @ParameterizedTest
  @CsvSource({"7f800001", "7fc00000", "7fffffff", "ff800001", "ffffffff"})
  void bf16KeepsNaN(String bits) {
    float nan = Float.intBitsToFloat(Integer.parseUnsignedInt(bits, 16));
    assertThat(DType.bf16ToFloat(DType.floatToBf16(nan))).isNaN();
  }

  @Test
  void bf16KeepsEveryValueOfItsOwn() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = DType.bf16ToFloat((short) bits);
      if (!Float.isNaN(value)) {
        assertThat(DType.floatToBf16(value)).isEqualTo((short) bits);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void encodeInvertsDecode(DType dtype) {
    MemorySegment memory = MemorySegment.ofArray(new float[2]);
    for (float value : new float[] {0f, -1.5f, 256f, Float.NEGATIVE_INFINITY, Float.NaN}) {
      dtype.encode(memory, dtype.bytes(), value);
      assertThat(dtype.decode(memory, dtype.bytes())).isEqualTo(Float.valueOf(value));
      assertThat(dtype.decode(memory, 0)).isZero();
    }
  }
}
