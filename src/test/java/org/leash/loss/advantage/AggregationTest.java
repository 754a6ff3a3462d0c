package org.leash.loss.advantage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.leash.loss.AdaptiveEntropy;

final class AggregationTest {
  /** Responses of 1, 3 and 2 tokens, with 1, 2 and 0 kept. */
  private static final Sequences SEQUENCES =
      Sequences.of(new int[] {1, 3, 2}, new int[] {0, 0, 0})
          .masked(new boolean[] {true, true, false, true, false, false});

  @Test
  void weightsMatchHandComputation() {
    assertWeights(Aggregation.TOKEN_MEAN, 1.0 / 3, 1.0 / 3);
    assertWeights(Aggregation.SEQ_MEAN_TOKEN_SUM, 1.0 / 2, 1.0 / 2);
    assertWeights(Aggregation.SEQ_MEAN_TOKEN_MEAN, 1.0 / 2, 1.0 / 4);
    assertWeights(Aggregation.TOKEN_SUM, 1, 1);
    assertWeights(Aggregation.SEQ_MEAN_TOKEN_MEAN_TRL, 1.0 / 3, 1.0 / 6);
    assertWeights(Aggregation.SEQ_MEAN_TOKEN_SUM_NORM_VERL, 1.0 / 20, 1.0 / 20);
    assertWeights(Aggregation.SEQ_MEAN_TOKEN_SUM_NORM_ROLL, 1.0 / 10, 1.0 / 10);
    assertWeights(Aggregation.SEQ_MEAN_TOKEN_SUM_NORM_TRL, 1.0 / 30, 1.0 / 30);
  }

  private static void assertWeights(Aggregation aggregation, double first, double second) {
    assertThat(aggregation.weights(SEQUENCES, 10))
        .as("%s", aggregation)
        .containsExactly(new double[] {first, second, 0, second, 0, 0}, within(1e-15));
  }

  @Test
  void emptyBatchHasZeroWeights() {
    Sequences nothing =
        Sequences.of(new int[] {1, 0}, new int[] {0, 0}).masked(new boolean[] {false});
    for (Aggregation aggregation : Aggregation.values()) {
      assertThat(aggregation.weights(nothing, 1)).containsExactly(0);
    }
  }

  @Test
  void rejectsMaxLengthOfZero() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Aggregation.TOKEN_MEAN.weights(SEQUENCES, 0))
        .withMessageContaining("maxLength = 0");
  }

  @Test
  void penalisesLongResponsesLinearly() {
    Overlong overlong = new Overlong(20480, 4096);
    assertThat(overlong.reward(16384)).isZero();
    assertThat(overlong.reward(18432)).isEqualTo(-0.5);
    assertThat(overlong.reward(20480)).isEqualTo(-1);
    assertThat(overlong.reward(99999)).isEqualTo(-1);
  }

  @Test
  void entropyCoefficientFollowsTarget() {
    AdaptiveEntropy control = new AdaptiveEntropy(0, 0.2, 0.005, 0.012);
    control = control.after(0.1).after(0.2).after(0.1);
    assertThat(control.coefficient()).isEqualTo(0.012);
    assertThat(control.applied(0.2)).isEqualTo(0.012);
    assertThat(control.applied(0.3)).isZero();
    control = control.after(0.3).after(0.3).after(0.3);
    assertThat(control.coefficient()).isZero();
  }
}
