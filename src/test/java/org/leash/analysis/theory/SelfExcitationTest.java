package org.leash.analysis.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SelfExcitationTest {
  private static final double GAMMA = 0.99;
  private static final double RATE = 1e-3;

  @Test
  void largestRealPartMatchesHandComputedCases() {
    assertLargest(0, new double[][] {{0, 1}, {-1, 0}});
    assertLargest(0.5, new double[][] {{0.5, 20}, {-20, 0.5}});
    assertLargest(3, new double[][] {{-7, 5, 1}, {0, 3, 100}, {0, 0, 1}});
    assertLargest(-2, new double[][] {{-2, 0}, {0, -900}});
    assertLargest(0, new double[2][2]);
    // Similar to a diagonal of 2, −1, −1.
    assertLargest(2, new double[][] {{0, 1, 1}, {1, 0, 1}, {1, 1, 0}});
  }

  private static void assertLargest(double expected, double[][] matrix) {
    assertThat(SelfExcitation.largestRealPart(matrix)).isCloseTo(expected, within(1e-8));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void networkGradientsMatchFiniteDifferences(boolean normalised) {
    Random random = new Random(4);
    QNetwork network = new QNetwork(random, normalised, 3, 8, 6);
    network.move(random.doubles(network.size(), -0.1, 0.1).toArray(), 1);
    double[] input = {0.3, -1.2, 0.7};
    double[] gradient = network.gradient(input);
    double[] unit = new double[network.size()];
    double h = 1e-6;
    int moving = 0;
    for (int i = 0; i < unit.length; i++) {
      unit[i] = 1;
      network.move(unit, h);
      double up = network.value(input);
      network.move(unit, -2 * h);
      double down = network.value(input);
      network.move(unit, h);
      unit[i] = 0;
      assertThat((up - down) / (2 * h)).isCloseTo(gradient[i], within(1e-7));
      moving += Math.abs(gradient[i]) > 1e-3 ? 1 : 0;
    }
    assertThat(moving).isGreaterThan(20);
  }

  /**
   * Offline data whose next actions lie outside them, where a ReLU network extrapolates without
   * bound: its errors feed on themselves and Q diverges. Normalised, they do so less, and Q stays
   * bounded.
   */
  @Test
  void normalizedLayersExciteThemselvesLessAndStayBounded() {
    int diverged = 0;
    for (int seed = 0; seed < 5; seed++) {
      Learning plain = new Learning(seed, false);
      Learning normalised = new Learning(seed, true);
      assertThat(plain.excitation()).as("plain, seed %d", seed).isPositive();
      assertThat(normalised.excitation()).isLessThan(0.5 * plain.excitation());
      diverged += plain.largestAfter(4000) > 1e6 ? 1 : 0;
      assertThat(normalised.largestAfter(4000)).as("normalised, seed %d", seed).isLessThan(200);
    }
    assertThat(diverged).isEqualTo(5);
  }

  /** What A says of a small step: u changes by η A u. */
  @Test
  void smallStepChangesErrorsAsTheMatrixPredicts() {
    Learning learning = new Learning(1, false);
    double[][] a = learning.matrix();
    double[] before = learning.errors();
    double rate = 1e-8;
    learning.step(rate);
    double[] after = learning.errors();
    for (int i = 0; i < before.length; i++) {
      double expected = 0;
      for (int j = 0; j < before.length; j++) {
        expected += a[i][j] * before[j];
      }
      assertThat((after[i] - before[i]) / rate)
          .isCloseTo(expected, within(1e-3 * (1 + Math.abs(expected))));
    }
  }

  /** Semi-gradient learning of Q on 12 data of a 2-d state and an action. */
  private static final class Learning {
    private final QNetwork network;
    private final double[][] data = new double[12][];
    private final double[][] next = new double[12][];
    private final double[] rewards = new double[12];

    Learning(int seed, boolean normalised) {
      Random random = new Random(seed);
      network = new QNetwork(random, normalised, 3, 32, 32);
      for (int i = 0; i < data.length; i++) {
        data[i] = random.doubles(3, -1, 1).toArray();
        // The same direction of action, farther out.
        next[i] = new double[] {data[i][0], data[i][1], 3 * data[i][2]};
        rewards[i] = random.nextDouble();
      }
    }

    double[] errors() {
      double[] errors = new double[data.length];
      for (int i = 0; i < errors.length; i++) {
        errors[i] = rewards[i] + GAMMA * network.value(next[i]) - network.value(data[i]);
      }
      return errors;
    }

    double[][] matrix() {
      double[][] at = new double[data.length][];
      double[][] after = new double[data.length][];
      for (int i = 0; i < data.length; i++) {
        at[i] = network.gradient(data[i]);
        after[i] = network.gradient(next[i]);
      }
      return SelfExcitation.matrix(at, after, GAMMA);
    }

    double excitation() {
      return SelfExcitation.normalised(matrix());
    }

    void step(double rate) {
      double[] errors = errors();
      double[][] gradients = new double[data.length][];
      for (int i = 0; i < data.length; i++) {
        gradients[i] = network.gradient(data[i]);
      }
      for (int i = 0; i < data.length; i++) {
        network.move(gradients[i], rate * errors[i]);
      }
    }

    /** The largest |Q| on the data after some steps, or as soon as it is beyond 1e6. */
    double largestAfter(int steps) {
      double largest = 0;
      for (int s = 0; s < steps && largest <= 1e6; s++) {
        step(RATE);
        largest = 0;
        for (double[] input : data) {
          double value = Math.abs(network.value(input));
          largest = value <= largest ? largest : value;
        }
        if (Double.isNaN(largest)) {
          return Double.POSITIVE_INFINITY;
        }
      }
      return largest;
    }
  }
}
