package org.leash.training.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class OptimizerTest {
  @Test
  void sgdDescends() {
    double[] weights = {1, 2};
    new Sgd().step(weights, new double[] {0.5, -1}, 0.1);
    assertThat(weights).containsExactly(0.95, 2.1);
  }

  @Test
  void adamMatchesTwoHandComputedSteps() {
    AdamW adam = new AdamW(1, 0.9, 0.99, 1e-8, 0.1);
    double[] weights = {1};
    adam.step(weights, new double[] {2}, 0.01);
    // Both corrected moments are those of the gradient: 2 / √4 = 1, and the decay 0.1 · 1.
    assertThat(weights[0]).isCloseTo(1 - 0.01 * (1 + 0.1), within(1e-10));
    double before = weights[0];
    adam.step(weights, new double[] {-1}, 0.01);
    double m = (0.9 * 0.2 - 0.1) / (1 - 0.81);
    double v = (0.99 * 0.04 + 0.01) / (1 - 0.9801);
    assertThat(weights[0])
        .isCloseTo(before - 0.01 * (m / Math.sqrt(v) + 0.1 * before), within(1e-9));
  }

  @Test
  void rejectsBadNamesAndNumbers() {
    assertThatThrownBy(() -> Optimizer.named("magic", 1)).hasMessageContaining("sgd or adamw");
    assertThatThrownBy(() -> new AdamW(1, 1, 0, 1, 0)).hasMessageContaining("beta1 = 1.0");
  }
}
