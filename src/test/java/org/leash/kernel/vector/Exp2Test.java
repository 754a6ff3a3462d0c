package org.leash.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The exponential of the vector loops against the JDK's, in double precision. */
class Exp2Test {
  private static final int LANES = VectorLoops.SPECIES.length();

  /** Every 64th float of the range. */
  @Test
  void isAccurateToOneUlp() {
    double worst = 0.0;
    float worstAt = 0.0f;
    float[] y = new float[LANES];
    float[] power = new float[LANES];
    int last = Float.floatToIntBits(-126.0f);
    for (int bits = Float.floatToIntBits(-0x1p-30f); bits <= last; bits += 64 * LANES) {
      for (int lane = 0; lane < LANES; lane++) {
        y[lane] = Math.max(-126.0f, Float.intBitsToFloat(bits + 64 * lane));
      }
      Exp2.of(y, power, LANES, 0.0f, 1.0f);
      for (int lane = 0; lane < LANES; lane++) {
        double exact = Math.pow(2.0, y[lane]);
        double units = Math.abs(power[lane] - exact) / Math.ulp((float) exact);
        if (units > worst) {
          worst = units;
          worstAt = y[lane];
        }
      }
    }
    assertThat(worst).as("units in the last place, at %s", worstAt).isLessThan(1.0);
  }

  @Test
  void mapsSpecialValues() {
    assertThat(one(0.0f)).isEqualTo(1.0f);
    assertThat(one(-0.0f)).isEqualTo(1.0f);
    for (int n = 1; n <= 126; n++) {
      assertThat(one(-n)).isEqualTo((float) Math.pow(2.0, -n));
    }
    assertThat(one(-127.0f)).isZero();
    assertThat(one(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(one(Float.NaN)).isNaN();
  }

  private static float one(float y) {
    float[] values = new float[LANES];
    float[] powers = new float[LANES];
    Arrays.fill(values, y);
    Exp2.of(values, powers, LANES, 0.0f, 1.0f);
    return powers[0];
  }
}
