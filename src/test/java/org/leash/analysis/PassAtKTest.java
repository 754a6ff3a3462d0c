package org.leash.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PassAtKTest {
  @Test
  void equalsTheShareOfSubsetsWithACorrectSample() {
    for (int n = 1; n <= 12; n++) {
      for (int c = 0; c <= n; c++) {
        for (int k = 1; k <= n; k++) {
          int subsets = 0;
          int hits = 0;
          for (int subset = 0; subset < 1 << n; subset++) {
            if (Integer.bitCount(subset) == k) {
              subsets++;
              // The first c samples are the correct ones.
              hits += (subset & ((1 << c) - 1)) != 0 ? 1 : 0;
            }
          }
          assertThat(PassAtK.estimate(n, c, k))
              .as("n = %d, c = %d, k = %d", n, c, k)
              .isCloseTo((double) hits / subsets, within(1e-14));
        }
      }
    }
  }

  @Test
  void growsWithTheBudgetUpToManySamples() {
    double before = 0;
    for (int k = 1; k <= 8192; k++) {
      double now = PassAtK.estimate(8192, 3, k);
      assertThat(now).isGreaterThanOrEqualTo(before).isLessThanOrEqualTo(1);
      before = now;
    }
    assertThat(before).isEqualTo(1);
    assertThat(PassAtK.estimate(8192, 3, 1)).isCloseTo(3.0 / 8192, within(1e-15));
  }

  @Test
  void countsChainsOfThought() {
    List<ProblemSamples> problems =
        List.of(new ProblemSamples("a", 8, 4, 1, Map.of()), ProblemSamples.of("b", 8, 8));
    double answers = PassAtK.mean(problems, ProblemSamples::correct, 2);
    double chains = PassAtK.mean(problems, ProblemSamples::correctChains, 2);
    assertThat(answers).isCloseTo((1 - 6.0 / 28 + 1) / 2, within(1e-14));
    assertThat(chains).isCloseTo((1 - 21.0 / 28 + 1) / 2, within(1e-14)).isLessThan(answers);
  }

  @Test
  void rejectsBudgetAboveTheSamples() {
    assertThatThrownBy(() -> PassAtK.estimate(4, 1, 5))
        .hasMessageContaining("k = 5 is outside [1, 4]");
    assertThatThrownBy(() -> PassAtK.estimate(4, 5, 1)).hasMessageContaining("5 correct of 4");
    assertThatThrownBy(() -> PassAtK.estimate(0, 0, 1)).hasMessageContaining("0 samples");
    assertThatThrownBy(
            () -> PassAtK.mean(List.of(ProblemSamples.of("x", 2, 1)), ProblemSamples::correct, 3))
        .hasMessageContaining("problem x has 2 samples");
  }
}
