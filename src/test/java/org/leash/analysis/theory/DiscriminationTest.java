package org.leash.analysis.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DiscriminationTest {
  @Test
  void optimalDiscriminatorValueIsTheDivergence() {
    Random random = new Random(1);
    for (int trial = 0; trial < 50; trial++) {
      double[] p = distribution(random);
      double[] q = distribution(random);
      double[] best = Discrimination.optimal(p, q);
      double value = Discrimination.value(p, q, best);
      assertThat(value)
          .isCloseTo(2 * Discrimination.jensenShannon(p, q) - Math.log(4), within(1e-12));
      for (int x = 0; x < best.length; x++) {
        double[] other = best.clone();
        other[x] = Math.clamp(best[x] + 0.1 * random.nextGaussian(), 0.01, 0.99);
        assertThat(Discrimination.value(p, q, other)).isLessThanOrEqualTo(value);
      }
    }
  }

  @Test
  void matchesEqualAndDisjointDistributions() {
    double[] p = {0.5, 0.5, 0};
    assertThat(Discrimination.optimal(p, p)).containsExactly(0.5, 0.5, 0.5);
    assertThat(Discrimination.jensenShannon(p, p)).isZero();
    double[] q = {0, 0, 1};
    assertThat(Discrimination.optimal(p, q)).containsExactly(1, 1, 0);
    assertThat(Discrimination.jensenShannon(p, q)).isCloseTo(Math.log(2), within(1e-15));
    assertThat(Discrimination.value(p, q, Discrimination.optimal(p, q))).isZero();
  }

  private static double[] distribution(Random random) {
    double[] mass = random.doubles(6, 0.01, 1).toArray();
    double sum = Arrays.stream(mass).sum();
    return Arrays.stream(mass).map(x -> x / sum).toArray();
  }
}
