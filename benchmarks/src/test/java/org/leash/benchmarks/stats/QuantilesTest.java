package org.leash.benchmarks.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class QuantilesTest {
  @Test
  void interpolatesBetweenOrderStatistics() {
    Quantiles quantiles = Quantiles.of(List.of(4.0, 1.0, 3.0, 2.0));

    assertThat(quantiles.at(0)).isEqualTo(1);
    assertThat(quantiles.at(0.25)).isEqualTo(1.75);
    assertThat(quantiles.at(0.5)).isEqualTo(2.5);
    assertThat(quantiles.at(1)).isEqualTo(4);
    assertThat(quantiles.min()).isEqualTo(1);
    assertThat(quantiles.max()).isEqualTo(4);
    assertThat(quantiles.relativeIqrPct()).isEqualTo(60, within(1e-9));
  }

  @Test
  void rejectsEmptySample() {
    assertThatThrownBy(() -> Quantiles.median(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
