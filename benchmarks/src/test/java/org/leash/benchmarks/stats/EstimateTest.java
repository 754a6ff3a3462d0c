package org.leash.benchmarks.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EstimateTest {
  @Test
  void isGeometricMeanWithStudentInterval() {
    Estimate estimate = Estimate.of(List.of(1.0, Math.E, Math.E * Math.E));

    // Logarithms 0, 1, 2: mean 1, standard error 1/sqrt(3), t(0.975; 2) = 4.302653.
    double halfWidth = 4.302653 / Math.sqrt(3);
    assertThat(Math.log(estimate.center())).isEqualTo(1, within(1e-12));
    assertThat(Math.log(estimate.low())).isEqualTo(1 - halfWidth, within(1e-6));
    assertThat(Math.log(estimate.high())).isEqualTo(1 + halfWidth, within(1e-6));
    assertThat(estimate.forks()).isEqualTo(3);
  }

  @Test
  void coversTrueValueAtItsLevel() {
    Random random = new Random(1);
    int covered = 0;
    int trials = 4000;
    for (int trial = 0; trial < trials; trial++) {
      List<Double> forks = new ArrayList<>();
      for (int fork = 0; fork < 5; fork++) {
        forks.add(Math.exp(0.1 * random.nextGaussian()));
      }
      Estimate estimate = Estimate.of(forks);
      if (estimate.low() <= 1 && 1 <= estimate.high()) {
        covered++;
      }
    }
    assertThat(covered / (double) trials).isEqualTo(Estimate.LEVEL, within(0.012));
  }

  @Test
  void singleForkHasNoInterval() {
    Estimate estimate = Estimate.of(List.of(5.0));

    assertThat(estimate.center()).isEqualTo(5, within(1e-12));
    assertThat(estimate.low()).isNaN();
    assertThat(estimate.high()).isNaN();
  }

  @Test
  void invertsToRate() {
    Estimate rate = new Estimate(4, 2, 8, 3).over(16);

    assertThat(rate).isEqualTo(new Estimate(4, 2, 8, 3));
    assertThat(new Estimate(2, 1, 4, 3).over(8)).isEqualTo(new Estimate(4, 2, 8, 3));
  }

  @Test
  void rejectsInvalidTimes() {
    assertThatThrownBy(() -> Estimate.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Estimate.of(List.of(1.0, 0.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0.0");
    assertThatThrownBy(() -> Estimate.of(List.of(Double.NaN)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
