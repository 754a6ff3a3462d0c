package org.leash.benchmarks.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class TimeRatioTest {
  @Test
  void pairedIsOneSampleStudentTest() {
    TimeRatio ratio = TimeRatio.paired(new double[] {0.01, 0.02, 0.03, 0.02, 0.02});

    // Mean 0.02, deviation sqrt(5e-5), t = 6.3246 with 4 degrees of freedom: p = 0.003198 (R's
    // t.test).
    assertThat(ratio.mean()).isEqualTo(0.02, within(1e-12));
    assertThat(ratio.standardError()).isEqualTo(Math.sqrt(5e-5 / 5), within(1e-12));
    assertThat(ratio.p()).isEqualTo(0.003198, within(1e-5));
    assertThat(Math.log(ratio.high())).isEqualTo(0.02 + 2.776445 * 0.0031623, within(1e-6));
  }

  @Test
  void unpairedIsWelchTest() {
    TimeRatio ratio =
        TimeRatio.unpaired(new double[] {0, 0.01, 0.02, 0.01}, new double[] {0.05, 0.09, 0.01});

    double variance = 2e-4 / 3 / 4 + 0.0032 / 2 / 3;
    double degrees =
        variance * variance / (Math.pow(2e-4 / 3 / 4, 2) / 3 + Math.pow(0.0032 / 2 / 3, 2) / 2);
    assertThat(ratio.mean()).isEqualTo(0.04, within(1e-12));
    assertThat(ratio.standardError()).isEqualTo(Math.sqrt(variance), within(1e-12));
    assertThat(ratio.degrees()).isEqualTo(degrees, within(1e-9));
    assertThat(ratio.forks()).isEqualTo(3);
    assertThat(ratio.excludesEquality()).isFalse();
  }

  @Test
  void zeroSpreadIsCertain() {
    TimeRatio same = TimeRatio.paired(new double[] {0, 0, 0});
    TimeRatio other = TimeRatio.unpaired(new double[] {1, 1}, new double[] {2, 2});

    assertThat(same.p()).isOne();
    assertThat(same.isWithin(0)).isTrue();
    assertThat(same.excludesEquality()).isFalse();
    assertThat(other.p()).isZero();
    assertThat(other.excludesEquality()).isTrue();
  }

  @Test
  void singleForkHasNoPValue() {
    TimeRatio ratio = TimeRatio.paired(new double[] {0.5});

    assertThat(ratio.p()).isNaN();
    assertThat(ratio.excludesEquality()).isFalse();
    assertThat(ratio.isWithin(1)).isFalse();
    assertThat(ratio.forksToDecide(0.01, 0, 0.05)).isEmpty();
    assertThatThrownBy(() -> TimeRatio.paired(new double[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void smallerDistanceNeedsMoreForks() {
    double[] forks = {-0.01, 0.03, 0.05, 0.01, 0.02};
    int many = TimeRatio.paired(forks).forksToDecide(0.001, 0, 0.05).orElseThrow();
    int more = TimeRatio.paired(forks).forksToDecide(0.001, 0, 0.005).orElseThrow();
    double[] nearZero = {-0.02, 0.02, 0.02, -0.02, 0.001};

    // (t(0.975) + t(0.9)) · 0.0224 · sqrt(4 / 1.923) / sqrt(n) <= 0.02, 1.923 being the lower
    // quartile of chi-squared with the 4 degrees of freedom that five forks leave.
    assertThat(many).isEqualTo(30);
    assertThat(more).isGreaterThan(many);
    assertThat(TimeRatio.paired(nearZero).forksToDecide(0.04, 0, 0.05).orElseThrow())
        .isBetween(6, 20);
    assertThat(TimeRatio.paired(nearZero).forksToDecide(0.001, 0, 0.05)).isEmpty();
    assertThat(TimeRatio.paired(forks).forksToDecide(0.001, 0.05, 0.05).orElseThrow())
        .as("a floor of noise falls with the number of forks")
        .isBetween(many + 1, 100);
    assertThat(TimeRatio.paired(forks).forksToDecide(0.0199, 0, 0.05))
        .as("a mean at the edge of the zone falls inside as often as not")
        .isEmpty();
  }

  /** The quantiles are those of printed tables; all effects have 4 degrees of freedom. */
  @Test
  void suggestsNoUnreasonableNumberOfForks() {
    double widest = Math.sqrt(4 / 1.922558);
    double for200 = (1.971957 + 1.285894) * widest * Math.sqrt(5 / 199.5);
    double for201 = (1.971957 + 1.285894) * widest * Math.sqrt(5 / 200.5);

    assertThat(new TimeRatio(for200, 1, 4, 0, 5, true).forksToDecide(0, 0, 0.05)).hasValue(200);
    assertThat(new TimeRatio(for201, 1, 4, 0, 5, true).forksToDecide(0, 0, 0.05)).isEmpty();
    assertThat(new TimeRatio(100, 1, 4, 0, 5, true).forksToDecide(0, 0, 0.05))
        .as("what is open wants one fork more at least")
        .hasValue(6);
  }

  @Test
  void unpairedUsesForksOfBothRuns() {
    // Three forks become four: (t(0.975) + t(0.9)) · 1.442 · sqrt(3 / 4) is 4.86 with 6 degrees of
    // freedom, and 6.02 with the 3 that a pair of them has.
    assertThat(new TimeRatio(5.5, 1, 4, 0, 3, false).forksToDecide(0, 0, 0.05)).hasValue(4);
    assertThat(new TimeRatio(5.5, 1, 4, 0, 3, true).forksToDecide(0, 0, 0.05)).hasValue(5);
  }

  @Test
  void sameNeedsPower() {
    // (t(0.975) + t(0.9)) · 1.442 · sqrt(5 / n) is 5.33 with six forks and 4.74 with seven.
    assertThat(new TimeRatio(0, 1, 4, 1, 5, true).forksToDecide(5.4, 0, 0.05)).hasValue(6);
    assertThat(new TimeRatio(0, 1, 4, 1, 5, true).forksToDecide(5.2, 0, 0.05)).hasValue(7);
  }
}
