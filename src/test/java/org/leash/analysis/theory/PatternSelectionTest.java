package org.leash.analysis.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.leash.analysis.theory.PatternSelection.Regime;

final class PatternSelectionTest {
  private static final PatternSelection PATTERNS = new PatternSelection(0.9, 0.8, 0.1);

  @Test
  void inTheDirectRegimeTheBestPatternOnlyGains() {
    double[] policy = {0.8, 0.05, 0.15};
    PatternSelection patterns = new PatternSelection(0.9, 0.5, 0.1);
    assertThat(patterns.regime(policy)).isEqualTo(Regime.DIRECT);
    double before = policy[0];
    for (int i = 0; i < 40; i++) {
      policy = patterns.after(policy, 1);
      assertThat(policy[0]).isGreaterThan(before);
      assertThat(patterns.regime(policy)).isEqualTo(Regime.DIRECT);
      before = policy[0];
    }
  }

  /** The time to a share of 1 − ε is O(1/ε): ten times as long for a tenth of ε. */
  @Test
  void directRegimeTakesTimeOneOverEpsilon() {
    double[] policy = {0.8, 0.05, 0.15};
    PatternSelection patterns = new PatternSelection(0.9, 0.5, 0.1);
    double hundredth = patterns.timeTo(policy, 1 - 1e-2, 1e9);
    double thousandth = patterns.timeTo(policy, 1 - 1e-3, 1e9);
    double tenThousandth = patterns.timeTo(policy, 1 - 1e-4, 1e9);
    assertThat(thousandth / hundredth).isBetween(8.0, 13.0);
    assertThat(tenThousandth / thousandth).isBetween(9.0, 11.0);
  }

  /**
   * A second-best pattern of much mass crowds the best one out first, and longer the rarer it is.
   */
  @Test
  void inTheEntangledRegimeTheBestPatternLosesFirst() {
    double before = 0;
    for (double rare : new double[] {0.04, 0.02, 0.01}) {
      double[] policy = {rare, 0.6, 0.4 - rare};
      assertThat(PATTERNS.regime(policy)).isEqualTo(Regime.ENTANGLED);
      assertThat(PATTERNS.after(policy, 5)[0]).isLessThan(rare);
      double time = PATTERNS.timeTo(policy, 0.5, 1e7);
      assertThat(time).isFinite().isGreaterThan(2 * before);
      before = time;
    }
  }

  @Test
  void optimumWithKlIsTheTiltOfTheReference() {
    double[] reference = {0.1, 0.6, 0.3};
    double[] optimum = PATTERNS.optimum(reference, 0.25);
    assertThat(optimum[0] / optimum[1])
        .isCloseTo(reference[0] / reference[1] * Math.exp(0.1 / 0.25), within(1e-12));
    assertThat(optimum[2] / optimum[1])
        .isCloseTo(reference[2] / reference[1] * Math.exp(-0.7 / 0.25), within(1e-12));
    assertThat(PATTERNS.optimum(reference, 1e-3)[0]).isCloseTo(1, within(1e-12));
    assertThat(PATTERNS.accuracy(reference)).isCloseTo(0.09 + 0.48 + 0.03, within(1e-12));
  }

  @Test
  void rejectsInvalidPolicies() {
    assertThatThrownBy(() -> PATTERNS.accuracy(new double[] {0.5, 0.4}))
        .hasMessageContaining("2 shares of sum 0.9 for 3 patterns");
    assertThat(PATTERNS.timeTo(new double[] {0.01, 0.6, 0.39}, 0.99, 1)).isInfinite();
  }
}
