package org.leash.conformance;

import org.leash.device.DType;
import org.leash.reference.RowReference.Row;

/**
 * How far a kernel may be from the exact result.
 *
 * <ul>
 *   <li>f32 values: 1e-5, times the value where that is above 1.
 *   <li>f32 gradients: 1e-5 of the row's largest.
 *   <li>Half precision: one unit in the last place of the correctly rounded exact result.
 *   <li>Where the gradients through logprob, entropy and lse all but cancel, 1e-6 of what they were
 *       before, which is what f32 leaves of such a sum: of the row's largest in f32, of the same
 *       element in half precision.
 *   <li>Tokens tied for the maximum have an entropy gradient of exactly 0, the difference of terms
 *       that an f32 kernel need only know to the rounding of the largest z times a rounding: 2^-46
 *       of |max z|, 1e-14 for logits of any policy.
 *   <li>Everywhere: a term exp(z − max) of less than 2^-126 may count as 0.
 * </ul>
 */
final class Tolerances {
  static final double F32 = 1e-5;
  static final double SMALLEST_TERM = 0x1p-126;

  /** Below it the f32 tolerance of a gradient is less than f32 can tell apart. */
  static final double LEAST_NORMAL = 0x1p-126 / F32;

  private static final double CANCELLATION = 1e-6;
  private static final double TWO_ROUNDINGS = 0x1p-46;

  private Tolerances() {}

  static double logprob(Spec spec, double exact) {
    return spec.dtype() == DType.F32
        ? F32 * Math.max(1.0, Math.abs(exact))
        : half(spec.dtype(), exact) + SMALLEST_TERM * spec.vocab();
  }

  /** From the exact value: half a unit to the correctly rounded one, and one more. */
  static double half(DType dtype, double exact) {
    double unit = Math.ulp((float) exact);
    return switch (dtype) {
      case F32 -> throw new IllegalArgumentException("F32 is not a half-precision type");
      case BF16 -> 1.5 * Math.max(0x1p16 * unit, 0x1p-133);
      case F16 -> 1.5 * Math.max(0x1p13 * unit, 0x1p-24);
    };
  }

  /** An infinity where the value is beyond what the type can hold, else the value. */
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

  /** What of a gradient a lost term may make: times base + slope y, where |y| is at most 127. */
  static double lostGradient(Row row, double temperature, double[] coefficients) {
    double sum = Math.abs(coefficients[0]) + Math.abs(coefficients[1]) + Math.abs(coefficients[2]);
    return SMALLEST_TERM * sum * (127.0 - row.mean()) / temperature;
  }

  /**
   * What remains of the f32 errors of an element's terms, where the terms themselves cancel.
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
    return (CANCELLATION * terms + TWO_ROUNDINGS * tied) / temperature;
  }
}
