package org.leash.analysis.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ExactTiltTest {
  private static final double[] BETAS = {0, 0.3, 1, 3, 30, 1000, Double.POSITIVE_INFINITY};

  @Test
  void isTheBaseDistributionTimesTheExponentialOfTheReward() {
    double[] q = {0.5, 0.4, 0.04, 0.03, 0.03};
    boolean[] correct = {false, true, true, true, true};
    ExactTilt tilt = new ExactTilt(q, correct);
    assertThat(tilt.policy(0)).containsExactly(q, within(1e-15));
    double z = Math.E * 0.5 + 0.5;
    assertThat(tilt.policy(1))
        .containsExactly(
            new double[] {
              0.5 / z, 0.4 * Math.E / z, 0.04 * Math.E / z, 0.03 * Math.E / z, 0.03 * Math.E / z
            },
            within(1e-15));
    assertThat(tilt.policy(Double.POSITIVE_INFINITY))
        .containsExactly(new double[] {0, 0.8, 0.08, 0.06, 0.06}, within(1e-15));
    assertThat(tilt.passAtK(0, 2)).isCloseTo(0.75, within(1e-15));
  }

  @Test
  void neverLowersACorrectCompletion() {
    Random random = new Random(1);
    for (int trial = 0; trial < 2000; trial++) {
      double[] q = simplex(random);
      boolean[] correct = verdicts(random, q.length);
      ExactTilt tilt = new ExactTilt(q, correct);
      double before = 0;
      for (double beta : BETAS) {
        double[] p = tilt.policy(beta);
        assertThat(Arrays.stream(p).sum()).isCloseTo(1, within(1e-12));
        for (int y = 0; y < p.length; y++) {
          if (correct[y]) {
            assertThat(p[y]).isGreaterThanOrEqualTo(q[y] * (1 - 1e-12));
          }
        }
        assertThat(tilt.passAtK(beta, 8)).isGreaterThanOrEqualTo(before - 1e-12);
        before = tilt.passAtK(beta, 8);
      }
    }
  }

  @Test
  void hasTheEntropyOfItsClosedForm() {
    Random random = new Random(2);
    for (int trial = 0; trial < 2000; trial++) {
      double[] q = simplex(random);
      ExactTilt tilt = new ExactTilt(q, verdicts(random, q.length));
      for (double beta : BETAS) {
        assertThat(tilt.entropy(beta)).isCloseTo(entropy(tilt.policy(beta)), within(1e-12));
      }
      // The turning mass tells on which side a further tilt lowers the entropy.
      double mass = tilt.correctMass(0.5);
      if (mass > 0 && mass < 1 && Math.abs(mass - tilt.entropyTurningMass()) > 1e-3) {
        assertThat(tilt.entropy(0.5 + 1e-5) < tilt.entropy(0.5))
            .isEqualTo(mass > tilt.entropyTurningMass());
      }
    }
  }

  /** H(π) = H(q) − KL(π ‖ q) would make the entropy fall: here it rises. */
  @Test
  void canRaiseTheEntropy() {
    ExactTilt tilt =
        new ExactTilt(new double[] {0.9, 0.05, 0.05}, new boolean[] {false, true, true});
    assertThat(tilt.entropy(0)).isCloseTo(0.394, within(5e-4));
    assertThat(tilt.entropy(1)).isCloseTo(0.702, within(5e-4));
    assertThat(tilt.entropy(3)).isCloseTo(1.097, within(5e-4));
    assertThat(tilt.entropy(Double.POSITIVE_INFINITY)).isCloseTo(Math.log(2), within(1e-15));
  }

  @Test
  void isTheClosestDistributionWithItsReward() {
    Random random = new Random(3);
    for (int trial = 0; trial < 200; trial++) {
      double[] q = simplex(random);
      boolean[] correct = verdicts(random, q.length);
      ExactTilt tilt = new ExactTilt(q, correct);
      double[] closest = tilt.policy(1.5);
      double reward = tilt.correctMass(1.5);
      for (int other = 0; other < 200; other++) {
        double[] p = simplex(random, q.length);
        double reached =
            IntStream.range(0, p.length).filter(y -> correct[y]).mapToDouble(y -> p[y]).sum();
        if (reached >= reward) {
          assertThat(divergence(p, q)).isGreaterThanOrEqualTo(divergence(closest, q) - 1e-12);
        }
      }
    }
  }

  @Test
  void staysPutIfAllOrNoneAreCorrect() {
    double[] q = {0.25, 0.75};
    for (boolean all : new boolean[] {false, true}) {
      ExactTilt tilt = new ExactTilt(q, new boolean[] {all, all});
      for (double beta : BETAS) {
        assertThat(tilt.policy(beta)).containsExactly(q, within(1e-15));
        assertThat(tilt.entropy(beta)).isCloseTo(entropy(q), within(1e-15));
      }
    }
  }

  @Test
  void rejectsInvalidDistributions() {
    boolean[] correct = {true, false};
    assertThatThrownBy(() -> new ExactTilt(new double[] {0.5, 0.6}, correct))
        .hasMessageContaining("sum 1.1");
    assertThatThrownBy(() -> new ExactTilt(new double[] {1.5, -0.5}, correct))
        .hasMessageContaining("-0.5");
    assertThatThrownBy(() -> new ExactTilt(new double[] {1}, correct))
        .hasMessageContaining("1 probabilities");
    assertThatThrownBy(() -> new ExactTilt(new double[] {0.5, 0.5}, correct).policy(-1))
        .hasMessageContaining("beta = -1");
  }

  private static double[] simplex(Random random) {
    return simplex(random, 2 + random.nextInt(6));
  }

  private static double[] simplex(Random random, int count) {
    double[] p = new double[count];
    Arrays.setAll(p, y -> -Math.log(1 - random.nextDouble()));
    double sum = Arrays.stream(p).sum();
    Arrays.setAll(p, y -> p[y] / sum);
    return p;
  }

  private static boolean[] verdicts(Random random, int count) {
    boolean[] correct = new boolean[count];
    for (int y = 0; y < count; y++) {
      correct[y] = random.nextBoolean();
    }
    return correct;
  }

  private static double entropy(double[] p) {
    return -Arrays.stream(p).filter(x -> x > 0).map(x -> x * Math.log(x)).sum();
  }

  private static double divergence(double[] p, double[] q) {
    double sum = 0;
    for (int y = 0; y < p.length; y++) {
      sum += p[y] == 0 ? 0 : p[y] * Math.log(p[y] / q[y]);
    }
    return sum;
  }
}
