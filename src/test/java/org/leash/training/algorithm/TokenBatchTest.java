package org.leash.training.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.leash.loss.correction.Rejection;
import org.leash.loss.correction.RolloutCorrection;
import org.leash.loss.correction.RolloutCorrection.Counted;
import org.leash.loss.objective.TokenColumns;
import org.leash.loss.preset.Preset;
import org.leash.training.rollout.Rollouts;

final class TokenBatchTest {
  /** Two responses that the policy sampled with log-probabilities of -1, and one from elsewhere. */
  private static TokenBatch fourTokens() {
    Rollouts rollouts = new Rollouts(new int[] {0}, 3, 2);
    rollouts.append(0, 0, -1);
    rollouts.append(0, 0, -1);
    rollouts.append(1, 0, -1);
    rollouts.append(2, 0, 0);
    return new TokenBatch(rollouts, new boolean[] {false, false, true});
  }

  /** Of the tokens of the policy, one is rejected. */
  @Test
  void rejectionLeavesOneMeanOverAllOtherTokens() {
    TokenBatch batch = fourTokens();
    batch.oldLogprob = new double[] {-1, -3, -1, -9};
    batch.advantage = new double[] {1, 1, 1, 1};
    batch.weight = new double[] {0.25, 0.25, 0.25, 0.25};
    Preset dapo = Preset.named("dapo");
    Preset rejecting =
        dapo.withCorrection(
            RolloutCorrection.rejecting(Counted.KEPT, Rejection.named("token_k1:0.5:2")));
    assertWeights(batch, dapo, 0.75, 0.25);
    assertWeights(batch, rejecting, 2.0 / 3, 1.0 / 3);
  }

  @Test
  void rolloutWeightsAreThoseOfTheCorrection() {
    TokenBatch batch = fourTokens();
    batch.oldLogprob = new double[] {-1 + Math.log(1.5), -1 + Math.log(3), -1 - Math.log(2), -9};
    Preset dapo = Preset.named("dapo");
    assertThat(batch.rolloutWeights(dapo)).isNull();
    assertThat(
            batch.rolloutWeights(
                dapo.withObjective(
                    dapo.objective().withPolicy(dapo.objective().policy().withRolloutCap(2)))))
        .containsExactly(new double[] {1.5, 2, 0.5, 1}, within(1e-12));
    assertThat(
            batch.rolloutWeights(
                dapo.withCorrection(
                    RolloutCorrection.truncated(RolloutCorrection.Weight.PRODUCT, 0, 4))))
        .containsExactly(new double[] {4, 4, 0.5, 1}, within(1e-12));
  }

  private static void assertWeights(TokenBatch batch, Preset preset, double own, double others) {
    TokenColumns sampled = batch.corrected(preset, preset.objective(), 2);
    TokenColumns foreign = batch.foreign(preset.objective(), sampled);
    assertThat(sum(sampled)).isEqualTo(own);
    assertThat(sum(foreign)).isEqualTo(others);
  }

  private static double sum(TokenColumns columns) {
    double sum = 0;
    for (int t = 0; t < columns.weight().length; t++) {
      sum += columns.sequences().isKept(t) ? columns.weight()[t] : 0;
    }
    return sum;
  }
}
