package org.leash.conformance;

import org.leash.device.DType;
import org.leash.reference.RowReference.Row;

/**
 * The permitted errors of kernels.
 *
 * <ul>
 *   <li>f32 values: 1e-5, absolute up to 1 and relative above.
 *   <li>f32 gradients: 1e-5 of the largest of the row.
 *   <li>Half precision: one unit in the last place of the correctly rounded exact result.
 *   <li>If the gradients through logprob, entropy and lse nearly cancel: 1e-6 of the gradients
 *       before cancellation, the accuracy of f32; of the largest of the row in f32, of the same
 *       element in half precision.
 *   <li>Tokens tied for the maximum have an entropy gradient of exactly 0, a difference of terms of
 *       2^-24 of |max z|, the rounding of an offset. One of them is a sum in f32, of which an
 *       accumulator adds up to 40 numbers, each addition with an error of 2^-24 of the sum.
 *   <li>In all cases, a term exp(z − max) below 2^-126 may count as 0.
 * </ul>
 */
final class Tolerances {
  static final double F32 = 1e-5;
  static final double SMALLEST_TERM = 0x1p-126;

  /** Below it, the tolerance of an f32 gradient would be finer than the resolution of f32. */
  static final double LEAST_NORMAL = 0x1p-126 / F32;

  private static final double CANCELLATION = 1e-6;
  private static final double TIED = 40 * 0x1p-48;

  private Tolerances() {}

  static double logprob(Spec spec, double exact) {
    return spec.dtype() == DType.F32
        ? F32 * Math.max(1.0, Math.abs(exact))
        : half(spec.dtype(), exact) + SMALLEST_TERM * spec.vocab();
  }

  /** Relative to the exact value: half a unit to the correctly rounded result, plus one unit. */
  static double half(DType dtype, double exact) {
    double unit = Math.ulp((float) exact);
    return switch (dtype) {
      case F32 -> throw new IllegalArgumentException("F32 is not a half-precision type");
      case BF16 -> 1.5 * Math.max(0x1p16 * unit, 0x1p-133);
      case F16 -> 1.5 * Math.max(0x1p13 * unit, 0x1p-24);
    };
  }

  /** The value, or an infinity if it is out of range of the type. */
  static double overflow(DType dtype, double exact) {
    float single = (float) exact;
    float stored =
        switch (dtype) {
          case F32 -> single;
          case BF16 -> DType.bf16ToFloat(DType.floatToBf16(single));
          case F16 -> Float.float16ToFloat(Float.floatToFloat16(single));
        };
    return Float.isInfinite(stored) ? stored : exact;
  }

  /** The effect of a lost term on a gradient: times base + slope y, where |y| is at most 127. */
  static double lostGradient(Row row, double temperature, double[] coefficients) {
    double sum = Math.abs(coefficients[0]) + Math.abs(coefficients[1]) + Math.abs(coefficients[2]);
    return SMALLEST_TERM * sum * (127.0 - row.mean()) / temperature;
  }

  /**
   * The remaining f32 errors of an element's terms if the terms themselves cancel.
   *
   * @param coefficients of logprob, entropy and lse
   */
  static double cancelled(Row row, int j, int target, double temperature, double[] coefficients) {
    double p = row.probability(j);
    double terms =
        Math.abs(coefficients[0]) * (j == target ? -Math.expm1(row.logprob(j)) : p)
            + Math.abs(coefficients[1]) * (p == 0.0 ? 0.0 : p * -(row.mean() + row.shifted(j)))
            + Math.abs(coefficients[2]) * p;
    double tied = Math.abs(coefficients[1]) * p * Math.abs(row.maxLogit() / temperature);
    return (CANCELLATION * terms + TIED * tied) / temperature;
  }
}
