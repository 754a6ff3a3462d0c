package org.leash.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BootstrapTest {
  @Test
  void coversTheTrueMeanAtItsLevel() {
    Random random = new Random(5);
    int covered = 0;
    int trials = 400;
    for (int trial = 0; trial < trials; trial++) {
      double[] sample = random.doubles(100).toArray();
      Interval interval = new Bootstrap(400, 0.9, trial).of(100, weights -> mean(sample, weights));
      assertThat(interval.low()).isLessThan(interval.value());
      assertThat(interval.high()).isGreaterThan(interval.value());
      covered += interval.low() <= 0.5 && 0.5 <= interval.high() ? 1 : 0;
    }
    // Five standard deviations of a binomial of 0.9, and the percentile method's own undercoverage.
    assertThat((double) covered / trials).isBetween(0.82, 0.97);
  }

  @Test
  void isTheSameForTheSameSeed() {
    double[] sample = new Random(6).doubles(30).toArray();
    Interval once = new Bootstrap(200, 0.95, 9).of(30, weights -> mean(sample, weights));
    assertThat(new Bootstrap(200, 0.95, 9).of(30, weights -> mean(sample, weights)))
        .isEqualTo(once);
    assertThat(new Bootstrap(200, 0.95, 8).of(30, weights -> mean(sample, weights)))
        .isNotEqualTo(once);
  }

  @Test
  void hasNoIntervalWithoutVariation() {
    Interval one = Bootstrap.DEFAULT.of(1, weights -> weights[0]);
    assertThat(one.value()).isEqualTo(1);
    assertThat(one.low()).isNaN();
    Interval undefined = Bootstrap.DEFAULT.of(5, weights -> Double.NaN);
    assertThat(undefined.high()).isNaN();
    assertThatThrownBy(() -> new Bootstrap(10, 0.95, 1)).hasMessageContaining("draws = 10");
    assertThatThrownBy(() -> new Bootstrap(100, 1, 1)).hasMessageContaining("level = 1.0");
  }

  private static double mean(double[] sample, int[] weights) {
    double sum = 0;
    for (int i = 0; i < sample.length; i++) {
      sum += weights[i] * sample[i];
    }
    return sum / Arrays.stream(weights).sum();
  }
}
