package org.leash.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * 2^y for −127 ≤ y ≤ 0, within 1 ulp where the result is normal; NaN stays NaN, and 2^0 is exactly
 * 1.
 *
 * <p>y = n + f with n the nearest integer: 2^f, |f| ≤ 1/2, is a polynomial, and n goes straight
 * into the exponent of a second factor. That factor is 0 for n = −127: everything below 2^−126.5 is
 * 0, which is how a logit of −∞ gets probability 0.
 */
final class Exp2 {
  /** The least y; smaller ones are to be raised to it. */
  static final float LOWEST = -127.0f;

  /**
   * Adding it leaves the nearest integer of a small float, plus the exponent's bias, in the low
   * bits.
   */
  private static final float ROUND_AND_BIAS = 0x1.8p23f + 127.0f;

  private static final int MANTISSA_BITS = 23;

  // 2^f = 1 + f (C1 + f (C2 + ...)), relative error at most 2.0e-9 on [-1/2, 1/2], by iteratively
  // reweighted least
  // squares on Chebyshev nodes towards the minimax polynomial.
  private static final float C1 = 0.6931472f;
  private static final float C2 = 0.24022648f;
  private static final float C3 = 0.055503324f;
  private static final float C4 = 0.009618437f;
  private static final float C5 = 0.0013398874f;
  private static final float C6 = 0.00015353362f;

  private Exp2() {}

  static FloatVector of(FloatVector y) {
    FloatVector biased = y.add(ROUND_AND_BIAS);
    FloatVector f = y.sub(biased.sub(ROUND_AND_BIAS));
    FloatVector power =
        biased
            .reinterpretAsInts()
            .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
            .reinterpretAsFloats();
    var species = VectorLoops.SPECIES;
    FloatVector q = f.fma(FloatVector.broadcast(species, C6), FloatVector.broadcast(species, C5));
    q = q.fma(f, FloatVector.broadcast(species, C4));
    q = q.fma(f, FloatVector.broadcast(species, C3));
    q = q.fma(f, FloatVector.broadcast(species, C2));
    q = q.fma(f, FloatVector.broadcast(species, C1));
    return q.fma(f, FloatVector.broadcast(species, 1.0f)).mul(power);
  }
}
