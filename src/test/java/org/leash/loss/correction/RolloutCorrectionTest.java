package org.leash.loss.correction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.leash.loss.PolicyLoss;
import org.leash.loss.Rollout;
import org.leash.loss.advantage.Aggregation;
import org.leash.loss.advantage.Sequences;
import org.leash.loss.correction.RolloutCorrection.Counted;
import org.leash.loss.correction.RolloutCorrection.Weight;
import org.leash.loss.objective.Objective;
import org.leash.loss.objective.TokenColumns;

/**
 * Corrections of three responses with log w of (0.1, 0.5), (−0.6, not kept, 0.2) and (−1): sums of
 * 0.6, −0.4 and −1.
 */
final class RolloutCorrectionTest {
  private static final Offset<Double> EXACT = within(1e-13);
  private static final double[] LOG = {0.1, 0.5, -0.6, 9, 0.2, -1};
  private static final Sequences SEQUENCES =
      Sequences.of(new int[] {2, 3, 1}, new int[] {0, 0, 1})
          .masked(new boolean[] {true, true, true, false, true, true});

  private static TokenColumns columns(double[] log) {
    double[] old = new double[log.length];
    double[] rollout = new double[log.length];
    double[] advantage = {3, 3, -2, 0, -2, 1};
    Arrays.fill(old, -2);
    Arrays.setAll(rollout, t -> -2 - log[t]);
    double[] weight = Aggregation.TOKEN_MEAN.weights(SEQUENCES, 9);
    return new TokenColumns(SEQUENCES, old, null, advantage, old, null, rollout, null, weight);
  }

  private static double[] weights(RolloutCorrection correction) {
    TokenColumns corrected = correction.apply(columns(LOG), Aggregation.TOKEN_MEAN, 9);
    return corrected.sequences().compact(corrected.rolloutWeight());
  }

  private static double[] exp(double... logs) {
    return Arrays.stream(logs).map(Math::exp).toArray();
  }

  /** Squares of 1, 0.36, 0.25, 0.04 and 0.01, whose means without the first are 0.165 and less. */
  @ParameterizedTest
  @CsvSource({
    "1, true, true, true, true, true",
    "0.33, true, true, true, true, false",
    "0.165001, true, true, true, true, false",
    "0.164999, true, true, false, true, false",
    "0.05, true, false, false, true, false",
    "0.025001, true, false, false, true, false",
    "0.024999, true, false, false, false, false",
    "0.001, true, false, false, false, false"
  })
  void rejectsTheLargestUntilTheirMeanIsSmall(
      double threshold, boolean a, boolean b, boolean c, boolean e, boolean f) {
    RolloutCorrection correction =
        RolloutCorrection.rejecting(Counted.KEPT, Rejection.named("m2:" + threshold));
    TokenColumns corrected = correction.apply(columns(LOG), Aggregation.TOKEN_MEAN, 9);
    boolean[] kept = new boolean[LOG.length];
    for (int t = 0; t < kept.length; t++) {
      kept[t] = corrected.sequences().isKept(t);
    }
    assertThat(kept).containsExactly(a, b, c, false, e, f);
  }

  @Test
  void weighsTokensAndResponses() {
    double any = Double.POSITIVE_INFINITY;
    assertThat(weights(RolloutCorrection.truncated(Weight.TOKEN, 0, any)))
        .containsExactly(exp(0.1, 0.5, -0.6, 0.2, -1), EXACT);
    assertThat(weights(RolloutCorrection.truncated(Weight.PRODUCT, 0, any)))
        .containsExactly(exp(0.6, 0.6, -0.4, -0.4, -1), EXACT);
    assertThat(weights(RolloutCorrection.truncated(Weight.GEOMETRIC_MEAN, 0, any)))
        .containsExactly(exp(0.3, 0.3, -0.2, -0.2, -1), EXACT);
    assertThat(weights(RolloutCorrection.truncated(Weight.PRODUCT, 0.5, 1.5)))
        .containsExactly(new double[] {1.5, 1.5, Math.exp(-0.4), Math.exp(-0.4), 0.5}, EXACT);
    assertThat(weights(RolloutCorrection.masked(Weight.PRODUCT, 0.5, 1.5)))
        .containsExactly(new double[] {0, 0, Math.exp(-0.4), Math.exp(-0.4), 0}, EXACT);
  }

  @Test
  void normalisedWeightsHaveMeanOne() {
    double[] tokens = weights(RolloutCorrection.truncated(Weight.TOKEN, 0, 1.2).normalised());
    assertThat(Arrays.stream(tokens).average().orElseThrow()).isCloseTo(1, EXACT);
    assertThat(tokens[0] / tokens[2]).isCloseTo(Math.exp(0.7), EXACT);
    double[] responses = weights(RolloutCorrection.truncated(Weight.PRODUCT, 0, 9).normalised());
    assertThat(responses[0] + responses[2] + responses[4]).isCloseTo(3, EXACT);
    assertThat(responses[0] / responses[2]).isCloseTo(Math.exp(1), EXACT);
  }

  /** Which of the five kept tokens remain. */
  @ParameterizedTest
  @CsvSource({
    "token_k1:0.61:1.9, 10110", // −l of −0.1, −0.5, 0.6, −0.2, 1 in [−0.494, 0.642].
    "token_k2:0.17, 11010", // 0.005, 0.125, 0.18, 0.02, 0.5.
    "token_k3:0.14, 10010", // 0.005, 0.149, 0.149, 0.021, 0.368.
    "seq_sum_k1:0.56:2.7, 00110", // −0.6, 0.4, 1 in [−0.580, 0.993].
    "seq_mean_k1:0.75:2, 00110", // −0.3, 0.2, 1 in [−0.288, 0.693].
    "seq_sum_k2:0.19, 11000", // 0.13, 0.2, 0.5.
    "seq_mean_k2:0.09, 11000", // 0.065, 0.1, 0.5.
    "seq_max_k2:0.17, 11000", // 0.125, 0.18, 0.5.
    "seq_sum_k3:0.16, 11000", // 0.154, 0.170, 0.368.
    "seq_mean_k3:0.08, 11000", // 0.077, 0.085, 0.368.
    "seq_max_k3:0.2, 11110", // 0.149, 0.149, 0.368.
    "veto:0.4, 11110", // The smallest w is 1.1, 0.55, 0.37.
    "veto:0.56, 11000",
  })
  void rejects(String rejection, String remaining) {
    RolloutCorrection correction =
        RolloutCorrection.rejecting(Counted.ALL, Rejection.named(rejection));
    StringBuilder left = new StringBuilder();
    for (double weight : weights(correction)) {
      left.append(weight == 0 ? '0' : '1');
    }
    assertThat(left).hasToString(remaining);
  }

  @Test
  void rejectedTokensAreCountedOrNot() {
    Rejection third = Rejection.named("veto:0.4");
    TokenColumns all =
        RolloutCorrection.rejecting(Counted.ALL, third)
            .apply(columns(LOG), Aggregation.TOKEN_MEAN, 9);
    assertThat(all.sequences().keptTokens()).isEqualTo(5);
    assertThat(all.weight()[0]).isCloseTo(1.0 / 5, EXACT);
    assertThat(all.rolloutWeight()[5]).isZero();
    TokenColumns kept =
        RolloutCorrection.rejecting(Counted.KEPT, third)
            .apply(columns(LOG), Aggregation.TOKEN_MEAN, 9);
    assertThat(kept.sequences().keptTokens()).isEqualTo(4);
    assertThat(kept.weight()).containsExactly(new double[] {0.25, 0.25, 0.25, 0, 0.25, 0}, EXACT);
    PolicyLoss policy = PolicyLoss.importanceWeighted().withEntropy(1);
    double[] entropy = {1, 1, 1, 1, 1, 1};
    assertThat(bonus(policy, all, entropy)).isCloseTo(-1, EXACT);
    assertThat(bonus(policy, kept, entropy)).as("of those left").isCloseTo(-1, EXACT);
    assertThat(
            Objective.of(policy)
                .evaluate(all.withStatistics(all.oldLogprob(), entropy), 1)
                .gradEntropy()[5])
        .as("a rejected token that counts keeps its bonus")
        .isCloseTo(-0.2, EXACT);
  }

  private static double bonus(PolicyLoss policy, TokenColumns columns, double[] entropy) {
    double[] gradient =
        Objective.of(policy)
            .evaluate(columns.withStatistics(columns.oldLogprob(), entropy), 1)
            .gradEntropy();
    return Arrays.stream(gradient).sum();
  }

  @Test
  void fusedPassHasTheWeightsInItsAdvantages() {
    TokenColumns corrected =
        RolloutCorrection.truncated(Weight.PRODUCT, 0, 9)
            .apply(columns(LOG), Aggregation.TOKEN_MEAN, 9);
    Objective objective = Objective.of(PolicyLoss.ppoClip(0.2, 0.3).withRolloutCap(0.1));
    TokenColumns prepared = objective.prepare(corrected);
    assertThat(prepared.rolloutLogprob()).isNull();
    assertThat(prepared.rolloutWeight()).isNull();
    assertThat(SEQUENCES.compact(prepared.advantage()))
        .containsExactly(
            new double[] {
              3 * Math.exp(0.6),
              3 * Math.exp(0.6),
              -2 * Math.exp(-0.4),
              -2 * Math.exp(-0.4),
              Math.exp(-1)
            },
            EXACT);
    assertThat(objective.evaluate(corrected, 1).loss())
        .containsExactly(objective.evaluate(prepared, 1).loss(), EXACT);
  }

  /** 30 − 29 is 1; each clamped to 20 by itself, the sum would be 0. */
  @Test
  void sumsAreClampedAfterwards() {
    double[] log = {30, -29, 0, 0, 0, 25};
    double any = Double.POSITIVE_INFINITY;
    double[] product =
        RolloutCorrection.truncated(Weight.PRODUCT, 0, any)
            .apply(columns(log), Aggregation.TOKEN_MEAN, 9)
            .rolloutWeight();
    assertThat(product[0]).isCloseTo(Math.E, within(1e-12));
    assertThat(product[5]).isEqualTo(Math.exp(20));
    double[] infinite = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, 0, 0, 0};
    assertThat(
            RolloutCorrection.truncated(Weight.PRODUCT, 0, any)
                .apply(columns(infinite), Aggregation.TOKEN_MEAN, 9)
                .rolloutWeight()[0])
        .isEqualTo(1);
  }

  @Test
  void noCorrectionChangesNothing() {
    TokenColumns columns = columns(LOG);
    assertThat(RolloutCorrection.NONE.apply(columns, Aggregation.TOKEN_MEAN, 9)).isSameAs(columns);
  }

  @Test
  void namesWhatIsWrong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RolloutCorrection.truncated(Weight.TOKEN, 2, 1))
        .withMessageContaining("floor = 2.0, cap = 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RolloutCorrection.NONE.normalised())
        .withMessageContaining("no weights to bound or normalise");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new RolloutCorrection(
                    Weight.NONE, Rollout.MASK, 0.5, 2, false, List.of(), Counted.ALL))
        .withMessageContaining("no weights to bound");
    TokenColumns plain = columns(LOG);
    TokenColumns without =
        new TokenColumns(
            SEQUENCES, null, null, plain.advantage(), null, null, null, null, plain.weight());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                RolloutCorrection.truncated(Weight.TOKEN, 0, 2)
                    .apply(without, Aggregation.TOKEN_MEAN, 9))
        .withMessageContaining("oldLogprob and rolloutLogprob are needed");
    for (String odd : List.of("token_k9:1", "token_k2:1:2", "seq_max_k1:1:2", "veto", "")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Rejection.named(odd))
          .withMessageContaining("no rejection \"" + odd + "\"; use one of token_k1:LOW:HIGH");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rejection.named("token_k2:x"))
        .withMessageContaining("token_k2:x");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rejection.named("token_k1:2:1"))
        .withMessageContaining("low = 2.0, high = 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rejection.named("seq_max_k3:-1"))
        .withMessageContaining("high = -1.0: K3 is never negative");
    for (double threshold : new double[] {0, 1e-10, Double.POSITIVE_INFINITY, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Rejection.veto(threshold))
          .withMessageContaining("threshold = " + threshold + ": must be finite and > 2.1e-09");
    }
  }
}
