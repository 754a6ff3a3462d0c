package org.leash.benchmarks.stats;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class QuantityTest {
  @ParameterizedTest
  @CsvSource({
    "24912.3, 0.003, 24.9 µs",
    "24912.3, 0.0002, 24.91 µs",
    "1004000, 0.012, 1.00 ms",
    "3911234, 0.05, 3.9 ms",
    "912345, 0.2, 910 µs",
    "999999, 0.02, 1000 µs",
    "3.4, 0.03, 3.4 ns",
    "2.5e9, 0.001, 2.500 s"
  })
  void digitsFollowInterval(double nanos, double relative, String expected) {
    assertThat(Quantity.time(nanos, relative)).isEqualTo(expected);
  }

  @Test
  void changeHasSign() {
    assertThat(Quantity.change(new TimeRatio(Math.log(0.928), 0.001, 4, 0, 5, true)))
        .isEqualTo("−7.2 %");
    assertThat(Quantity.change(new TimeRatio(Math.log(1.118), 0.01, 4, 0, 5, true)))
        .isEqualTo("+12 %");
    assertThat(Quantity.change(new TimeRatio(Math.log(3.4), 0.01, 4, 0, 5, true)))
        .isEqualTo("3.4×");
    assertThat(Quantity.change(new TimeRatio(0.0001, 0.01, 4, 0, 5, true))).isEqualTo("0 %");
  }

  @Test
  void spreadIsHalfInterval() {
    assertThat(Quantity.spread(new Estimate(100, 99, 101, 5))).isEqualTo("±1%");
    assertThat(Quantity.spread(new Estimate(100, 99.6, 100.4, 5))).isEqualTo("±0.4%");
    assertThat(Quantity.spread(new Estimate(100, 50, 300, 2))).isEqualTo("±>100%");
    assertThat(Quantity.spread(new Estimate(100, Double.NaN, Double.NaN, 1))).isEmpty();
  }
}
