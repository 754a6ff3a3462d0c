package org.leash.training.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.leash.loss.PolicyLoss;
import org.leash.loss.advantage.Sequences;
import org.leash.loss.correction.Rejection;
import org.leash.loss.correction.RolloutCorrection;
import org.leash.loss.correction.RolloutCorrection.Counted;
import org.leash.loss.objective.Objective;
import org.leash.loss.objective.TokenColumns;
import org.leash.loss.objective.TokenGradients;
import org.leash.training.policy.TokenOutcomes;
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
    Map<String, Double> plain =
        StepMetrics.ofWeights(batch, PolicyLoss.ppoClip(0.2, 0.2), RolloutCorrection.NONE);
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
        StepMetrics.ofWeights(
            batch,
            PolicyLoss.ppoClip(0.2, 0.2).withRolloutMask(0.3, 5),
            RolloutCorrection.rejecting(Counted.KEPT, Rejection.named("token_k1:0.5:3")));
    close(plain, "is/rejected_frac", 0);
    // Of 1 / w of 0.4, 2.5 and 1.
    close(capped, "is/rejected_frac", 1.0 / 3);
    close(capped, "is/rejected_seq_frac", 1.0 / 2);
    close(capped, "is/frac_high", 0);
    close(capped, "is/frac_low", 0);
  }

  /**
   * Ratios 0.7, 1.3, 4 and 1.3, clipped at 0.8, 1.2 and, for A &lt; 0, 3: low, high, dual and none.
   * verl's pg_clipfrac counts where clip(r) A is less than r A, its pg_clipfrac_lower where 3 A is
   * more than that; TRL's region is the same as verl's, and its CISPO asks for A &gt; 0.
   */
  @Test
  void countsClipsAsTrainersDo() {
    double[] ratio = {0.7, 1.3, 4, 1.3};
    double[] advantage = {-1, 1, -1, -1};
    Map<String, Double> clipped =
        figures(PolicyLoss.ppoClip(0.2, 0.2).withDualClip(3), ratio, advantage);
    close(clipped, "policy/clip_frac", 2.0 / 4);
    close(clipped, "policy/clip_frac_low", 1.0 / 4);
    close(clipped, "policy/clip_frac_high", 1.0 / 4);
    close(clipped, "policy/clip_frac_dual", 1.0 / 4);
    close(clipped, "policy/kl_old_k1", -Math.log(0.7 * 1.3 * 4 * 1.3) / 4);
    assertThat(clipped.get("policy/cispo_clip_frac")).isNaN();
    Map<String, Double> cispo = figures(PolicyLoss.cispo(0.2, 0.2), ratio, advantage);
    close(cispo, "policy/clip_frac", 1);
    close(cispo, "policy/cispo_clip_frac", 1.0 / 4);
  }

  private static Map<String, Double> figures(
      PolicyLoss policy, double[] ratio, double[] advantage) {
    double[] old = {-2, -2, -2, -2};
    double[] logprob = new double[4];
    Arrays.setAll(logprob, t -> old[t] + Math.log(ratio[t]));
    double[] weight = {0.25, 0.25, 0.25, 0.25};
    TokenColumns columns =
        new TokenColumns(
            Sequences.of(new int[] {4}, new int[] {0}),
            logprob,
            new double[4],
            advantage,
            old,
            null,
            null,
            null,
            weight);
    Objective objective = Objective.of(policy);
    TokenGradients out = objective.evaluate(columns, 1);
    UpdateFigures updates = new UpdateFigures();
    updates.add(
        new TokenOutcomes(out.loss(), new double[4], out.ratio(), out.kl(), out.clipFlags()),
        columns);
    return StepMetrics.ofUpdates(updates, objective, 0.1);
  }

  private static void close(Map<String, Double> figures, String name, double expected) {
    assertThat(figures.get(name)).as(name).isCloseTo(expected, within(1e-12));
  }
}
