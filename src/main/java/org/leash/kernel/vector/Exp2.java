package org.leash.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The exponential of the vector loops: 2^y of a block, within 1 ulp if the result is normal; NaN
 * stays NaN, and 2^0 is exactly 1.
 *
 * <p>With y = n + f and n the nearest integer, 2^f, |f| ≤ 1/2, is a polynomial, and n is shifted
 * into the exponent of a second factor. That factor is 0 for n = −127: results below 2^−126.5 are
 * 0, and a logit of −∞ gets probability 0.
 *
 * <p>A loop over arrays rather than a function of a vector: the compiler does not reliably inline a
 * function of this size, and without inlining every vector is an object.
 */
final class Exp2 {
  private static final float LOWEST = -127.0f;

  /**
   * Added to a small float, leaves its nearest integer plus the exponent's bias in the low bits.
   */
  private static final float ROUND_AND_BIAS = 0x1.8p23f + 127.0f;

  private static final int MANTISSA_BITS = 23;

  // 2^f = 1 + f (C1 + f (C2 + ...)) with a relative error of at most 2.0e-9 on [-1/2, 1/2]. Fitted
  // towards the minimax polynomial by iteratively reweighted least squares on Chebyshev nodes.
  private static final float C1 = 0.6931472f;
  private static final float C2 = 0.24022648f;
  private static final float C3 = 0.055503324f;
  private static final float C4 = 0.009618437f;
  private static final float C5 = 0.0013398874f;
  private static final float C6 = 0.00015353362f;

  private Exp2() {}

  /**
   * Replaces every x with y = max((x − reference) scale, −127) and computes 2^y.
   *
   * @param values in: x, at most about the reference; out: y
   * @param powers out: 2^y
   * @param count a multiple of the vector length
   */
  static void of(float[] values, float[] powers, int count, float reference, float scale) {
    VectorSpecies<Float> species = VectorLoops.SPECIES;
    FloatVector c1 = FloatVector.broadcast(species, C1);
    FloatVector c2 = FloatVector.broadcast(species, C2);
    FloatVector c3 = FloatVector.broadcast(species, C3);
    FloatVector c4 = FloatVector.broadcast(species, C4);
    FloatVector c5 = FloatVector.broadcast(species, C5);
    FloatVector c6 = FloatVector.broadcast(species, C6);
    FloatVector one = FloatVector.broadcast(species, 1.0f);
    for (int i = 0; i < count; i += species.length()) {
      FloatVector scaled = FloatVector.fromArray(species, values, i).sub(reference).mul(scale);
      FloatVector y = scaled.blend(LOWEST, scaled.compare(VectorOperators.LT, LOWEST));
      FloatVector biased = y.add(ROUND_AND_BIAS);
      FloatVector f = y.sub(biased.sub(ROUND_AND_BIAS));
      FloatVector whole =
          biased
              .reinterpretAsInts()
              .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
              .reinterpretAsFloats();
      FloatVector q = f.fma(c6, c5).fma(f, c4).fma(f, c3).fma(f, c2).fma(f, c1).fma(f, one);
      y.intoArray(values, i);
      q.mul(whole).intoArray(powers, i);
    }
  }
}
