package org.leash.analysis.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.leash.loss.advantage.Advantages;

final class ChainOfThoughtTest {
  @ParameterizedTest
  @CsvSource({
    "0.1, 0.9, 0.1, 0.18, 0.1476, 1.8741, -0.20823",
    "0.5, 0.8, 0.3, 0.55, 0.2475, 0.502519, -0.502519",
    "0.2, 1, 0, 0.2, 0.16, 2, -0.5",
  })
  void advantagesMatchHandComputedCases(
      double p, double alpha, double beta, double mu, double variance, double good, double bad) {
    ChainOfThought chain = new ChainOfThought(p, alpha, beta);
    assertThat(chain.mean()).isCloseTo(mu, within(1e-12));
    assertThat(chain.variance()).isCloseTo(variance, within(1e-12));
    assertThat(chain.advantageOfCorrect()).isCloseTo(good, within(5e-5));
    assertThat(chain.advantageOfWrong()).isCloseTo(bad, within(5e-5));
  }

  /** Groups of 512: the closed form is their limit. Six standard errors. */
  @Test
  void matchSampledGroups() {
    Random random = new Random(3);
    for (ChainOfThought chain :
        new ChainOfThought[] {
          new ChainOfThought(0.1, 0.9, 0.1),
          new ChainOfThought(0.5, 0.8, 0.3),
          new ChainOfThought(0.7, 0.3, 0.6)
        }) {
      double[] sum = new double[2];
      double[] squares = new double[2];
      int[] count = new int[2];
      for (int group = 0; group < 200; group++) {
        double[] rewards = new double[512];
        boolean[] correct = new boolean[rewards.length];
        for (int i = 0; i < rewards.length; i++) {
          correct[i] = random.nextDouble() < chain.p();
          double chance = correct[i] ? chain.alpha() : chain.beta();
          rewards[i] = random.nextDouble() < chance ? 1 : 0;
        }
        double[] advantages = Advantages.grpo().ofGroup(rewards);
        for (int i = 0; i < rewards.length; i++) {
          int which = correct[i] ? 1 : 0;
          sum[which] += advantages[i];
          squares[which] += advantages[i] * advantages[i];
          count[which]++;
        }
      }
      double[] expected = {chain.advantageOfWrong(), chain.advantageOfCorrect()};
      for (int which = 0; which < 2; which++) {
        double mean = sum[which] / count[which];
        double error = Math.sqrt((squares[which] / count[which] - mean * mean) / count[which]);
        assertThat(mean).isCloseTo(expected[which], within(6 * error));
      }
    }
  }

  @Test
  void certaintyGivesZeroAndBadProbabilitiesAreRejected() {
    assertThat(new ChainOfThought(0.3, 1, 1).advantageOfCorrect()).isZero();
    assertThatThrownBy(() -> new ChainOfThought(1.2, 0, 0)).hasMessageContaining("p = 1.2");
  }
}
