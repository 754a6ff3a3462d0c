package org.leash.device;

import java.lang.foreign.MemorySegment;
import org.leash.binding.Elements;

/** Element types of matrices in memory. Native arithmetic is f32 whatever the element type. */
public enum DType {
  /** IEEE 754 binary32. */
  F32(4) {
    @Override
    public float decode(MemorySegment memory, long byteOffset) {
      return Elements.getFloat(memory, byteOffset);
    }

    @Override
    public void encode(MemorySegment memory, long byteOffset, float value) {
      Elements.setFloat(memory, byteOffset, value);
    }
  },
  /** bfloat16: the upper half of a binary32. */
  BF16(2) {
    @Override
    public float decode(MemorySegment memory, long byteOffset) {
      return bf16ToFloat(Elements.getShort(memory, byteOffset));
    }

    @Override
    public void encode(MemorySegment memory, long byteOffset, float value) {
      Elements.setShort(memory, byteOffset, floatToBf16(value));
    }
  },
  /** IEEE 754 binary16. */
  F16(2) {
    @Override
    public float decode(MemorySegment memory, long byteOffset) {
      return Float.float16ToFloat(Elements.getShort(memory, byteOffset));
    }

    @Override
    public void encode(MemorySegment memory, long byteOffset, float value) {
      Elements.setShort(memory, byteOffset, Float.floatToFloat16(value));
    }
  };

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** Reads one element; exact. */
  public abstract float decode(MemorySegment memory, long byteOffset);

  /**
   * Writes one element, rounded once to nearest even. Overflow yields an infinity; NaN stays NaN.
   */
  public abstract void encode(MemorySegment memory, long byteOffset, float value);

  /** The value of a bfloat16; exact. */
  public static float bf16ToFloat(short value) {
    return Float.intBitsToFloat(value << 16);
  }

  /** Rounds to bfloat16, to nearest even. NaN stays NaN. */
  public static short floatToBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      // Rounding could carry out of the mantissa: truncate instead, and set the quiet bit so that
      // the result is not an infinity.
      return (short) ((bits >>> 16) | 0x40);
    }
    int halfLessOneIfEven = 0x7fff + ((bits >>> 16) & 1);
    return (short) ((bits + halfLessOneIfEven) >>> 16);
  }
}
