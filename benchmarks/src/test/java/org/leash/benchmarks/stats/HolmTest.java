package org.leash.benchmarks.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import org.junit.jupiter.api.Test;

final class HolmTest {
  @Test
  void adjustsStepDownMonotonically() {
    // As R's p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
    assertThat(Holm.adjust(new double[] {0.01, 0.04, 0.03, 0.005}))
        .containsExactly(new double[] {0.03, 0.06, 0.06, 0.02}, offset(1e-12));
  }

  @Test
  void ignoresNanAndCapsAtOne() {
    assertThat(Holm.adjust(new double[] {Double.NaN, 0.6, 0.02}))
        .containsExactly(new double[] {Double.NaN, 0.6, 0.04}, offset(1e-12));
    assertThat(Holm.adjust(new double[] {0.9, 0.8})).containsExactly(1, 1);
    assertThat(Holm.adjust(new double[0])).isEmpty();
  }
}
