package org.leash.training.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.leash.loss.PolicyLoss;
import org.leash.training.rollout.Rollouts;

final class StepMetricsTest {
  /** By hand: two sampled completions, one of them of two tokens, and one from elsewhere. */
  @Test
  void countsWeightsOutsideTheBoundsOfTheLoss() {
    Rollouts rollouts = new Rollouts(new int[] {0}, 3, 2);
    double[][] rollout = {{Math.log(0.2), Math.log(0.5)}, {Math.log(0.1)}, {0}};
    for (int i = 0; i < 3; i++) {
      for (double logprob : rollout[i]) {
        rollouts.append(i, 0, logprob);
      }
    }
    TokenBatch batch = new TokenBatch(rollouts, new boolean[] {false, false, true});
    batch.oldLogprob = new double[] {Math.log(0.5), Math.log(0.2), Math.log(0.1), -9};
    // Weights 2.5, 0.4 and 1, of which the first two are of one completion.
    Map<String, Double> plain = StepMetrics.ofWeights(batch, PolicyLoss.ppoClip(0.2, 0.2));
    close(plain, "is/frac_high", 1.0 / 3);
    close(plain, "is/frac_low", 1.0 / 3);
    close(plain, "is/weight_mean", 1.3);
    close(plain, "is/ess", 3.9 * 3.9 / (3 * 7.41));
    close(plain, "is/chi2_token", 7.41 / 3 - 1);
    close(plain, "is/chi2_seq", 0);
    close(plain, "is/kl", 0);
    close(plain, "is/k3_kl", 0.3);
    close(plain, "is/logprob_diff_max", Math.log(2.5));
    close(plain, "is/logprob_diff_mean", 2 * Math.log(2.5) / 3);
    Map<String, Double> capped =
        StepMetrics.ofWeights(batch, PolicyLoss.ppoClip(0.2, 0.2).withRolloutMask(0.3, 5));
    close(capped, "is/frac_high", 0);
    close(capped, "is/frac_low", 0);
  }

  private static void close(Map<String, Double> figures, String name, double expected) {
    assertThat(figures.get(name)).as(name).isCloseTo(expected, within(1e-12));
  }
}
