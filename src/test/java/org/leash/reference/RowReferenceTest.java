package org.leash.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.leash.reference.RowReference.Row;

/** The row reference against hand-computed values, 60-digit arithmetic and finite differences. */
class RowReferenceTest {
  private static final Offset<Double> EXACT = within(1e-14);

  @Test
  void matchesHandComputedRow() {
    // Probabilities 1/7, 2/7, 4/7.
    double[] logits = {0.0, Math.log(2.0), Math.log(4.0)};
    Row row = RowReference.of(logits, 1.0);
    assertThat(row.max()).isEqualTo(Math.log(4.0));
    assertThat(row.logSum()).isEqualTo(Math.log(1.75), EXACT);
    assertThat(row.lse()).isEqualTo(Math.log(7.0), EXACT);
    assertThat(row.mean()).isEqualTo((Math.log(0.25) + 2.0 * Math.log(0.5)) / 7.0, EXACT);
    assertThat(row.entropy())
        .isEqualTo(Math.log(7.0) - (2.0 * Math.log(2.0) + 4.0 * Math.log(4.0)) / 7.0, EXACT);
    assertThat(row.probability(1)).isEqualTo(2.0 / 7.0, EXACT);
    assertThat(row.collision()).isEqualTo(21.0 / 49.0, EXACT);
    assertThat(row.logSoftmax())
        .containsExactly(
            new double[] {-Math.log(7.0), Math.log(2.0 / 7.0), Math.log(4.0 / 7.0)}, EXACT);
    assertThat(row.gradient(1, 7.0, 0.0, 0.0)).containsExactly(new double[] {-1, 5, -4}, EXACT);
    assertThat(row.gradient(0, 0.0, 0.0, 7.0)).containsExactly(new double[] {1, 2, 4}, EXACT);
  }

  @Test
  void temperatureScalesLogitsAndGradient() {
    double[] logits = {0.0, 2.0 * Math.log(2.0), 2.0 * Math.log(4.0)};
    Row row = RowReference.of(logits, 2.0);
    assertThat(row.lse()).isEqualTo(Math.log(7.0), EXACT);
    assertThat(row.gradient(1, 7.0, 0.0, 0.0))
        .containsExactly(new double[] {-0.5, 2.5, -2.0}, EXACT);
  }

  @Test
  void singleLogitHasProbabilityOne() {
    Row row = RowReference.of(new double[] {-17.0}, 0.5);
    assertThat(row.max()).isEqualTo(-34.0);
    assertThat(row.lse()).isEqualTo(-34.0);
    assertThat(row.entropy()).isZero();
    assertThat(row.collision()).isEqualTo(1.0);
    assertThat(row.logprob(0)).isZero();
    assertThat(row.gradient(0, 3.0, 5.0, 7.0)).containsExactly(14.0);
  }

  @Test
  void uniformRowHasLargestEntropy() {
    double[] logits = new double[1000];
    Arrays.fill(logits, 1e4);
    Row row = RowReference.of(logits, 0.7);
    assertThat(row.entropy()).isEqualTo(Math.log(1000.0), EXACT);
    assertThat(row.gradient(0, 0.0, 1.0, 0.0)).containsOnly(0.0);
  }

  /** The sums in decimal arithmetic, with exponentials by series. */
  @ParameterizedTest
  @ValueSource(doubles = {4.0, 8.0, 30.0, 60.0})
  void agreesWithSixtyDigits(double spread) {
    Random random = new Random(11);
    double[] logits = DoubleStream.generate(random::nextGaussian).limit(200).toArray();
    logits[123] = spread;
    double largest = Arrays.stream(logits).max().orElseThrow();

    MathContext digits = new MathContext(60);
    BigDecimal rest = BigDecimal.ZERO;
    BigDecimal weighted = BigDecimal.ZERO;
    for (double x : logits) {
      BigDecimal shifted = new BigDecimal(x).subtract(new BigDecimal(largest));
      BigDecimal term = exp(shifted, digits);
      weighted = weighted.add(term.multiply(shifted, digits), digits);
      if (x != largest) {
        rest = rest.add(term, digits);
      }
    }
    BigDecimal sum = rest.add(BigDecimal.ONE);

    Row row = RowReference.of(logits, 1.0);
    double tolerance = 1e-14;
    assertThat(Math.expm1(row.logSum()) / rest.doubleValue()).isEqualTo(1.0, within(tolerance));
    assertThat(row.mean() / weighted.divide(sum, digits).doubleValue())
        .isEqualTo(1.0, within(tolerance));
    double oneLessP = rest.divide(sum, digits).doubleValue();
    assertThat(row.gradient(123, 1.0, 0.0, 0.0)[123] / oneLessP)
        .as("1 - p of a peaked row to full relative precision")
        .isEqualTo(1.0, within(tolerance));
  }

  private static BigDecimal exp(BigDecimal x, MathContext digits) {
    int halvings = 12;
    BigDecimal small = x.divide(BigDecimal.TWO.pow(halvings), digits);
    BigDecimal term = BigDecimal.ONE;
    BigDecimal sum = BigDecimal.ONE;
    for (int n = 1; n <= 40; n++) {
      term = term.multiply(small, digits).divide(BigDecimal.valueOf(n), digits);
      sum = sum.add(term, digits);
    }
    return sum.pow(1 << halvings, digits);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1.0, 0.6, 2.5})
  void gradientMatchesFiniteDifferences(double temperature) {
    Random random = new Random(5);
    double gradLogprob = 0.9;
    double gradEntropy = -1.7;
    double gradLse = 0.4;
    for (int vocab : new int[] {1, 2, 7, 40}) {
      double[] logits =
          DoubleStream.generate(() -> 3.0 * random.nextGaussian()).limit(vocab).toArray();
      for (int target : new int[] {0, vocab / 2, vocab - 1}) {
        double[] gradient =
            RowReference.of(logits, temperature)
                .gradient(target, gradLogprob, gradEntropy, gradLse);
        double h = 1e-5;
        for (int j = 0; j < vocab; j++) {
          double[] right = logits.clone();
          double[] left = logits.clone();
          right[j] += h;
          left[j] -= h;
          double difference =
              objective(right, temperature, target, gradLogprob, gradEntropy, gradLse)
                  - objective(left, temperature, target, gradLogprob, gradEntropy, gradLse);
          assertThat(gradient[j]).isEqualTo(difference / (2.0 * h), within(1e-9));
        }
        assertThat(DoubleStream.of(gradient).sum()).isEqualTo(gradLse / temperature, within(1e-13));
      }
    }
  }

  private static double objective(
      double[] logits, double temperature, int target, double lp, double h, double lse) {
    Row row = RowReference.of(logits, temperature);
    return lp * row.logprob(target) + h * row.entropy() + lse * row.lse();
  }

  @Test
  void commonOffsetChangesOnlyMaxAndLse() {
    double[] logits = {1.0, -2.0, 0.5, 3.0};
    double[] shifted = Arrays.stream(logits).map(x -> x + 0x1p24).toArray();
    Row row = RowReference.of(logits, 1.0);
    Row moved = RowReference.of(shifted, 1.0);
    assertThat(moved.logSoftmax()).containsExactly(row.logSoftmax());
    assertThat(moved.entropy()).isEqualTo(row.entropy());
    assertThat(moved.max()).isEqualTo(row.max() + 0x1p24);
  }

  @Test
  void minusInfinityHasProbabilityZeroAndNoGradient() {
    double never = Double.NEGATIVE_INFINITY;
    Row row = RowReference.of(new double[] {never, 1.0, never, 2.0}, 1.0);
    Row without = RowReference.of(new double[] {1.0, 2.0}, 1.0);
    assertThat(row.entropy()).isEqualTo(without.entropy());
    assertThat(row.lse()).isEqualTo(without.lse());
    assertThat(row.logprob(0)).isEqualTo(never);
    double[] expected = without.gradient(1, 0.3, 0.5, 0.7);
    assertThat(row.gradient(3, 0.3, 0.5, 0.7)).containsExactly(0.0, expected[0], 0.0, expected[1]);
    assertThat(row.gradient(2, 0.3, 0.0, 0.0)[2]).as("a target of probability 0").isEqualTo(0.3);
  }

  @Test
  void invalidInputMakesRowNan() {
    double nan = Double.NaN;
    double infinity = Double.POSITIVE_INFINITY;
    double[][] rows = {
      {nan, 1.0},
      {1.0, nan},
      {infinity, 1.0},
      {1.0, infinity, nan},
      {nan, infinity},
      {-infinity},
      {-infinity, -infinity},
      {-infinity, nan}
    };
    for (double[] logits : rows) {
      assertNan(RowReference.of(logits, 1.0), logits);
    }
    for (double temperature : new double[] {0.0, -0.0, -1.0, nan, infinity}) {
      assertNan(RowReference.of(new double[] {1.0, 2.0}, temperature), temperature);
    }
  }

  private static void assertNan(Row row, Object what) {
    assertThat(
            DoubleStream.concat(
                DoubleStream.of(
                    row.max(), row.logSum(), row.mean(), row.entropy(), row.lse(), row.collision()),
                DoubleStream.concat(
                    Arrays.stream(row.logSoftmax()),
                    Arrays.stream(row.gradient(0, 0.0, 0.0, 0.0)))))
        .as("%s", what)
        .allMatch(v -> Double.isNaN(v));
  }

  @Test
  void rejectsEmptyRow() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RowReference.of(new double[0], 1.0))
        .withMessageContaining("logits.length = 0");
  }
}
