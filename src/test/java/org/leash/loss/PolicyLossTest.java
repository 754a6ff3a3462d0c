package org.leash.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.leash.loss.PolicyLoss.CLAMPED_RATIO;
import static org.leash.loss.PolicyLoss.CLIPPED_DUAL;
import static org.leash.loss.PolicyLoss.CLIPPED_HIGH;
import static org.leash.loss.PolicyLoss.CLIPPED_LOW;
import static org.leash.loss.PolicyLoss.CLIPPED_ROLLOUT;

import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.leash.reference.PolicyReference.Outcome;

/**
 * Both copies of the loss against hand-computed values and their own finite differences, and edge
 * cases.
 */
@ParameterizedClass
@EnumSource(LossCopy.class)
class PolicyLossTest {
  private static final double NONE = 0.0;
  private static final Offset<Double> EXACT = within(1e-14);
  private static final PolicyLoss CLIP = PolicyLoss.ppoClip(0.2, 0.28);

  @Parameter private LossCopy copy;

  @Test
  void matchesHandComputedTerms() {
    PolicyLoss policy = CLIP.withRolloutCap(2.0).withKl(Kl.K3, 0.5).withEntropy(0.25);
    // ratio 1.1, rollout weight 1.5, d = log 2: k3 = 1/2 - 1 + log 2.
    double old = -1.0;
    double logprob = old + Math.log(1.1);
    Outcome outcome =
        copy.evaluate(
            policy, logprob, 2.0, 3.0, old, logprob - Math.log(2.0), old - Math.log(1.5), 0.125);

    double kl = Math.log(2.0) - 0.5;
    assertThat(outcome.ratio()).isEqualTo(1.1, EXACT);
    assertThat(outcome.kl()).isEqualTo(kl, EXACT);
    assertThat(outcome.loss())
        .isEqualTo(0.125 * (1.5 * -3.3 + 0.5 * kl - 0.25 * 2.0), EXACT)
        .isEqualTo(-0.669178301215, within(1e-10));
    assertThat(outcome.gradLogprob()).isEqualTo(0.125 * (-1.5 * 3.3 + 0.5 * 0.5), EXACT);
    assertThat(outcome.gradEntropy()).isEqualTo(-0.03125);
    assertThat(outcome.clipFlags()).isZero();
  }

  @Test
  void ratioIsOneWithGradientWithoutOldLogprob() {
    Outcome outcome = copy.evaluate(CLIP, -3.7, 1.0, 2.5, -3.7, NONE, 0.4);
    assertThat(outcome.ratio()).isEqualTo(1.0);
    assertThat(outcome.loss()).isEqualTo(-2.5 * 0.4);
    assertThat(outcome.gradLogprob()).isEqualTo(-2.5 * 0.4);
    assertThat(outcome.clipFlags()).isZero();
  }

  /** Both sides of every bound for both signs of the advantage; dual clip at 3. */
  @ParameterizedTest
  @CsvSource({
    "  1, 0.50, -0.50, -0.50, 0",
    "  1, 1.27, -1.27, -1.27, 0",
    "  1, 1.29, -1.28,  0.00, 2",
    "  1, 9.00, -1.28,  0.00, 2",
    " -1, 0.79,  0.80,  0.00, 1",
    " -1, 0.81,  0.81,  0.81, 0",
    " -1, 2.99,  2.99,  2.99, 0",
    " -1, 3.01,  3.00,  0.00, 4",
    "  0, 0.10,  0.00,  0.00, 0",
    "  0, 9.00,  0.00,  0.00, 0",
  })
  void clipsRatioBySignOfAdvantage(
      double advantage, double ratio, double loss, double gradient, int flags) {
    double old = -2.0;
    Outcome outcome =
        copy.evaluate(
            CLIP.withDualClip(3.0), old + Math.log(ratio), 0.7, advantage, old, NONE, 1.0);
    assertThat(outcome.loss()).isEqualTo(loss, EXACT);
    assertThat(outcome.gradLogprob()).isEqualTo(gradient, EXACT);
    assertThat(outcome.clipFlags()).isEqualTo(flags);
  }

  @Test
  void flagsMatchCInterface() {
    assertThat(new int[] {CLIPPED_LOW, CLIPPED_HIGH, CLIPPED_DUAL, CLIPPED_ROLLOUT, CLAMPED_RATIO})
        .containsExactly(1, 2, 4, 8, 16);
  }

  @Test
  void gradientFlowsAtBound() {
    PolicyLoss policy = PolicyLoss.ppoClip(0.0, 0.0).withDualClip(1.0);
    for (double advantage : new double[] {-2.0, 2.0}) {
      Outcome outcome = copy.evaluate(policy, -1.0, NONE, advantage, -1.0, NONE, 1.0);
      assertThat(outcome.gradLogprob()).isEqualTo(-advantage);
      assertThat(outcome.clipFlags()).isZero();
    }
  }

  @Test
  void infiniteBoundsDisableClip() {
    PolicyLoss policy = PolicyLoss.ppoClip(1.0, Double.POSITIVE_INFINITY);
    for (double advantage : new double[] {-2.0, 2.0}) {
      for (double logRatio : new double[] {-19.0, 19.0}) {
        Outcome outcome = copy.evaluate(policy, logRatio, NONE, advantage, 0.0, NONE, 1.0);
        assertThat(outcome.loss()).isEqualTo(-advantage * Math.exp(logRatio));
        assertThat(outcome.gradLogprob()).isEqualTo(-advantage * Math.exp(logRatio));
      }
    }
  }

  @Test
  void rolloutWeightIsCappedAndConstant() {
    PolicyLoss policy = CLIP.withRolloutCap(2.0);
    Outcome below = copy.evaluate(policy, -1.0, NONE, 1.0, -1.0, NONE, -1.0 - Math.log(1.75), 1.0);
    assertThat(below.loss()).isEqualTo(-1.75, EXACT);
    assertThat(below.gradLogprob()).isEqualTo(-1.75, EXACT);
    assertThat(below.clipFlags()).isZero();

    Outcome above = copy.evaluate(policy, -1.0, NONE, 1.0, -1.0, NONE, -1.0 - Math.log(2.25), 1.0);
    assertThat(above.loss()).isEqualTo(-2.0);
    assertThat(above.gradLogprob()).isEqualTo(-2.0);
    assertThat(above.clipFlags()).isEqualTo(CLIPPED_ROLLOUT);

    assertThat(copy.evaluate(policy.withRolloutCap(0.5), -1.0, NONE, 1.0, -1.0, NONE, 1.0).loss())
        .as("without a rollout log-probability the cap is idle")
        .isEqualTo(-1.0);
  }

  /** d = log 2 by hand: log 2, (log 2)²/2, 1/2 − 1 + log 2; derivatives 1, log 2, 1/2. */
  @ParameterizedTest
  @CsvSource({
    "NONE, 0, 0",
    "K1, 0.6931471805599453, 1",
    "K2, 0.2402265069591007, 0.6931471805599453",
    "K3, 0.1931471805599453, 0.5"
  })
  void klEstimatorsMatchFormulas(Kl kl, double value, double derivative) {
    PolicyLoss policy = CLIP.withKl(kl, 2.0);
    double logprob = -1.5;
    double reference = kl == Kl.NONE ? Double.NaN : logprob - Math.log(2.0);
    Outcome outcome = copy.evaluate(policy, logprob, NONE, 0.0, logprob, reference, 1.0);
    assertThat(outcome.kl()).isEqualTo(value, EXACT);
    assertThat(outcome.loss()).isEqualTo(2.0 * value, EXACT);
    assertThat(outcome.gradLogprob()).isEqualTo(2.0 * derivative, EXACT);
  }

  @Test
  void clampsDifferencesAtTwentyWithoutGradient() {
    PolicyLoss policy = PolicyLoss.ppoClip(1.0, Double.POSITIVE_INFINITY).withKl(Kl.K1, 1.0);
    double limit = Math.exp(20.0);
    Outcome inside = copy.evaluate(policy, 19.5, NONE, 1.0, 0.0, 0.0, 1.0);
    assertThat(inside.gradLogprob()).isEqualTo(1.0 - Math.exp(19.5));
    assertThat(inside.clipFlags()).isZero();

    Outcome above = copy.evaluate(policy, 20.5, NONE, 1.0, 0.0, 0.0, 1.0);
    assertThat(above.ratio()).isEqualTo(limit);
    assertThat(above.kl()).isEqualTo(20.0);
    assertThat(above.gradLogprob()).isZero();
    assertThat(above.clipFlags()).isEqualTo(CLAMPED_RATIO);

    Outcome below = copy.evaluate(policy, -20.5, NONE, 1.0, 0.0, 0.0, 1.0);
    assertThat(below.ratio()).isEqualTo(1.0 / limit, within(1e-24));
    assertThat(below.kl()).isEqualTo(-20.0);
    assertThat(below.gradLogprob()).isZero();
    assertThat(below.clipFlags()).isEqualTo(CLAMPED_RATIO);
  }

  @Test
  void sampledTokenOfProbabilityZeroIsInert() {
    double never = Double.NEGATIVE_INFINITY;
    for (Kl kl : Kl.values()) {
      Outcome outcome = copy.evaluate(CLIP.withKl(kl, 1.0), never, 1.0, 1.0, -2.0, -2.0, -2.0, 1.0);
      assertThat(outcome.ratio()).isEqualTo(Math.exp(-20.0));
      assertThat(outcome.loss()).isFinite();
      assertThat(outcome.gradLogprob()).isZero();
    }
    for (Surrogate surrogate : Surrogate.values()) {
      PolicyLoss policy = of(surrogate, new Random(5), Kl.K3_CORRECTED);
      for (double advantage : new double[] {-1.0, 0.0, 1.0}) {
        for (double old : new double[] {-2.0, never}) {
          Outcome outcome = copy.evaluate(policy, never, 1.0, advantage, old, -2.0, -2.0, 1.0);
          assertThat(outcome.loss()).isFinite();
          assertThat(outcome.gradLogprob()).isFinite();
        }
      }
    }
    assertThat(copy.evaluate(CLIP, never, 1.0, 2.0, never, NONE, 1.0).loss())
        .as("equal to its old log-probability, its ratio is 1")
        .isEqualTo(-2.0);
    assertThat(
            copy.evaluate(CLIP.withRolloutCap(4.0), -1.0, 1.0, 2.0, -1.0, NONE, never, 1.0).loss())
        .isEqualTo(-8.0);
  }

  @Test
  void usedNanInputMakesLossNan() {
    PolicyLoss policy = CLIP.withKl(Kl.K2, 0.1).withEntropy(0.1);
    double[] inputs = {-1.0, 0.5, 1.0, -1.1, -1.2, -1.3, 1.0};
    for (int i = 0; i < inputs.length; i++) {
      double[] v = inputs.clone();
      v[i] = Double.NaN;
      Outcome outcome = copy.evaluate(policy, v[0], v[1], v[2], v[3], v[4], v[5], v[6]);
      assertThat(outcome.loss()).as("NaN in input %d", i).isNaN();
      boolean reachesGradient = i != 1;
      assertThat(Double.isNaN(outcome.gradLogprob())).isEqualTo(reachesGradient);
    }
    assertThat(copy.evaluate(CLIP, -1.0, 0.5, 1.0, -1.1, Double.NaN, 1.0).loss()).isFinite();
  }

  /**
   * logprob −1, clipLow 1/4, clipHigh 1/2 (1/4 for the masks), shapes 2 and 1/2: within the bounds
   * and beyond either of them. σ(0.8) = 0.68997448112761, σ(0.2) = 0.54983399731248, e⁻¹ =
   * 0.36787944117144.
   */
  @ParameterizedTest
  @CsvSource({
    "REINFORCE, 1.4, 3, 3, -3, 0",
    "REINFORCE, 9.0, -3, -3, 3, 0",
    "CISPO, 1.4, 3, 4.2, -4.2, 0",
    "CISPO, 9.0, 3, 4.5, -4.5, 2",
    "CISPO, 9.0, -3, -4.5, 4.5, 2",
    "CISPO, 0.5, 3, 2.25, -2.25, 1",
    "CISPO, 0.5, -3, -2.25, 2.25, 1",
    "SAPO, 1.0, 3, -3, -3, 0",
    "SAPO, 1.0, -3, 12, 3, 0",
    "SAPO, 1.4, 3, -4.13984688676566, -3.593682901540946, 0",
    "SAPO, 1.4, -3, 13.1960159354995, 4.158278421559247, 0",
    "PROBABILITY_MASK, 1.4, 3, -4.2, -4.2, 0",
    "PROBABILITY_MASK, 4.0, 3, 0, 0, 2",
    "PROBABILITY_MASK, 4.0, -3, 12, 12, 0",
    "PROBABILITY_MASK, 0.4, -3, 0, 0, 1",
    "PROBABILITY_MASK, 0.4, 3, -1.2, -1.2, 0",
    "PROBABILITY_MASK_TWO_SIDED, 4.0, -3, 0, 0, 2",
    "PROBABILITY_MASK_TWO_SIDED, 0.4, 3, 0, 0, 1",
    "PROBABILITY_MASK_SCORE, 1.4, 3, 4.2, -4.2, 0",
    "PROBABILITY_MASK_SCORE, 4.0, 3, 0, 0, 2",
    "PROBABILITY_MASK_SCORE, 4.0, -3, -12, 12, 0",
    "PROBABILITY_MASK_SCORE, 9.0, -3, -18, 18, 4",
    "PROBABILITY_MASK_SCORE, 0.4, -3, 0, 0, 1",
    "DIVERGENCE_MASK_SCORE, 1.4, 3, 4.2, -4.2, 0",
    "DIVERGENCE_MASK_SCORE, 4.0, 3, 12, -12, 0",
    "DIVERGENCE_MASK_SCORE, 9.0, 3, 0, 0, 2",
    "DIVERGENCE_MASK_SCORE, 9.0, -3, -18, 18, 4",
    "DIVERGENCE_MASK_SCORE, 0.4, -3, 0, 0, 1",
    "DIVERGENCE_MASK_SCORE, 0.4, 3, 1.2, -1.2, 0",
    "TOPR, 9.0, 3, 3, -3, 0",
    "TOPR, 0.4, 3, 3, -3, 0",
    "TOPR, 4.0, -3, -12, 12, 0",
    "TOPR, 9.0, -3, -18, 18, 4",
    "CISPO_MASKED, 1.4, 3, 4.2, -4.2, 0",
    "CISPO_MASKED, 9.0, 3, 0, 0, 2",
    "CISPO_MASKED, 9.0, -3, -4.5, 4.5, 2",
    "CISPO_MASKED, 0.5, 3, 2.25, -2.25, 1",
    "CISPO_MASKED, 0.5, -3, 0, 0, 1",
    "SHAPED, 7.0, 3, -0.46608721049089, -0.39367478122983, 0",
  })
  void matchesHandComputedSurrogates(
      Surrogate surrogate,
      double ratio,
      double advantage,
      double loss,
      double gradient,
      int flags) {
    boolean isCispo = surrogate == Surrogate.CISPO || surrogate == Surrogate.CISPO_MASKED;
    PolicyLoss policy =
        new PolicyLoss(
            surrogate,
            Kl.NONE,
            Rollout.TRUNCATE,
            0.25,
            isCispo ? 0.5 : 0.25,
            hasConstantRatio(surrogate) && !isCispo ? 6 : 9,
            2,
            0.5,
            0,
            1,
            0,
            0,
            Double.POSITIVE_INFINITY);
    Outcome outcome = copy.evaluate(policy, -1, NONE, advantage, -1 - Math.log(ratio), NONE, 1);
    assertThat(outcome.ratio()).isEqualTo(ratio, EXACT);
    assertThat(outcome.loss()).isEqualTo(loss, within(1e-8));
    assertThat(outcome.gradLogprob()).isEqualTo(gradient, within(1e-8));
    assertThat(outcome.clipFlags()).isEqualTo(flags);
  }

  /** On policy, the gradient of every surrogate except SHAPED is the policy gradient −A. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SHAPED")
  void onPolicyGradientIsPolicyGradient(Surrogate surrogate) {
    for (double advantage : new double[] {-1.5, 0.0, 2.5}) {
      PolicyLoss policy = of(surrogate, new Random(3), Kl.NONE);
      Outcome outcome = copy.evaluate(policy, -1.7, NONE, advantage, -1.7, NONE, 1.0);
      assertThat(outcome.gradLogprob()).isEqualTo(-advantage, EXACT);
      assertThat(outcome.clipFlags()).isZero();
    }
  }

  @Test
  void cispoSupportsBothCapConventions() {
    assertThat(PolicyLoss.cispoCapped(5.0)).isEqualTo(PolicyLoss.cispo(1.0, 4.0));
    double old = -3.0;
    Outcome outcome =
        copy.evaluate(PolicyLoss.cispoCapped(5.0), old + Math.log(8), NONE, 1.0, old, NONE, 1.0);
    assertThat(outcome.gradLogprob()).isEqualTo(-5.0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PolicyLoss.cispoCapped(0.3))
        .withMessageContaining("cap = 0.3");
  }

  @Test
  void twoSidedClipEqualsDualClip() {
    PolicyLoss policy = CLIP.withTwoSidedClip(4.0);
    for (double advantage : new double[] {-2.0, 2.0}) {
      for (double ratio = 0.1; ratio < 8.0; ratio += 0.37) {
        double clipped = Math.clamp(ratio, 0.8, 1.28);
        double asPublished = -Math.min(Math.min(ratio, 4.0) * advantage, clipped * advantage);
        Outcome outcome = copy.evaluate(policy, Math.log(ratio), NONE, advantage, 0.0, NONE, 1.0);
        assertThat(outcome.loss()).isEqualTo(asPublished, within(1e-13));
      }
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CLIP.withTwoSidedClip(1.2))
        .withMessageContaining("delta = 1.2");
  }

  @ParameterizedTest
  @CsvSource({
    "TRUNCATE, 1.5, 1.5, 0",
    "TRUNCATE, 5.0, 2.0, 8",
    "TRUNCATE, 0.1, 0.5, 8",
    "MASK, 1.5, 1.5, 0",
    "MASK, 5.0, 0.0, 8",
    "MASK, 0.1, 0.0, 8",
  })
  void truncatesOrMasksRolloutWeights(Rollout rollout, double w, double used, int flags) {
    Outcome outcome =
        copy.evaluate(
            CLIP.withRollout(rollout, 0.5, 2.0).withKl(Kl.K1, 1.0),
            -1.0,
            NONE,
            3.0,
            -1.0,
            -1.5,
            -1.0 - Math.log(w),
            1.0);
    assertThat(outcome.loss()).isEqualTo(-3.0 * used + 0.5, EXACT);
    assertThat(outcome.gradLogprob()).isEqualTo(-3.0 * used + 1.0, EXACT);
    assertThat(outcome.clipFlags()).isEqualTo(flags);
  }

  /** ratio 5/4, d = log 2: values and slopes by hand. */
  @ParameterizedTest
  @CsvSource({
    "K1_CORRECTED, 0.8664339756999316, 2.1164339756999316",
    "K3_CORRECTED, 0.2414339756999316, 0.8664339756999316",
    "K1_STRAIGHT, 0.6931471805599453, 0.6931471805599453",
    "K3_STRAIGHT, 0.1931471805599453, 0.6931471805599453",
  })
  void correctedAndStraightEstimatorsMatchFormulas(Kl kl, double value, double slope) {
    double logprob = -1.5;
    Outcome outcome =
        copy.evaluate(
            CLIP.withKl(kl, 2.0),
            logprob,
            NONE,
            0.0,
            logprob - Math.log(1.25),
            logprob - Math.log(2.0),
            1.0);
    assertThat(outcome.kl()).isEqualTo(value, EXACT);
    assertThat(outcome.gradLogprob()).isEqualTo(2.0 * slope, EXACT);
  }

  /** d = −3, ratio 3/2, bound 2; and d = −1/2, whose estimates are within the bound. */
  @ParameterizedTest
  @CsvSource({
    "K1, -3, -2, 0",
    "K2, -3, 2, 0",
    "ABS, -3, 2, 0",
    "K3, -3, 2, 0",
    "K1_STRAIGHT, -3, -2, -3",
    "K3_STRAIGHT, -3, 2, -3",
    "K1_CORRECTED, -3, -3, -3",
    "K3_CORRECTED, -3, 3, 3",
    "K1, -0.5, -0.5, 1",
    "K2, -0.5, 0.125, -0.5",
    "ABS, -0.5, 0.5, -1",
    "K3, -0.5, 0.14872127070012819, -0.6487212707001282",
  })
  void estimatesBeyondTheBoundHaveNoGradient(Kl kl, double d, double value, double slope) {
    Outcome outcome =
        copy.evaluate(
            CLIP.withKl(kl, 2.0).withKlBound(2.0),
            -1.5,
            NONE,
            0.0,
            -1.5 - Math.log(1.5),
            -1.5 - d,
            1.0);
    assertThat(outcome.kl()).isEqualTo(value, EXACT);
    assertThat(outcome.gradLogprob()).isEqualTo(2.0 * slope, EXACT);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CLIP.withKlBound(0))
        .withMessageContaining("klBound = 0.0");
  }

  private static boolean hasConstantRatio(Surrogate surrogate) {
    return surrogate == Surrogate.CISPO
        || surrogate == Surrogate.CISPO_MASKED
        || surrogate == Surrogate.TOPR
        || surrogate == Surrogate.PROBABILITY_MASK_SCORE
        || surrogate == Surrogate.DIVERGENCE_MASK_SCORE;
  }

  private static PolicyLoss of(Surrogate surrogate, Random random, Kl kl) {
    double floor = 0.5 * random.nextDouble();
    return new PolicyLoss(
        surrogate,
        kl,
        random.nextBoolean() ? Rollout.TRUNCATE : Rollout.MASK,
        0.3 * random.nextDouble(),
        0.4 * random.nextDouble(),
        1.0 + 3.0 * random.nextDouble(),
        0.1 + random.nextDouble(),
        0.1 + random.nextDouble(),
        floor,
        floor + 0.1 + 2.0 * random.nextDouble(),
        random.nextDouble(),
        random.nextGaussian(),
        0.2 + random.nextDouble());
  }

  static Stream<Arguments> surrogatesAndEstimators() {
    return Stream.of(Surrogate.values())
        .flatMap(surrogate -> Stream.of(Kl.values()).map(kl -> Arguments.of(surrogate, kl)))
        // Their gradient is that of another value, checked by hand.
        .filter(pair -> !pair.get()[1].toString().endsWith("STRAIGHT"))
        // Their ratio is a constant, unlike the estimator's.
        .filter(
            pair ->
                !hasConstantRatio((Surrogate) pair.get()[0])
                    || !PolicyLoss.reinforce().withKl((Kl) pair.get()[1], 1).hasCorrectedKl());
  }

  /** Central differences with respect to logprob and entropy, at points away from the kinks. */
  @ParameterizedTest
  @MethodSource("surrogatesAndEstimators")
  void derivativesMatchFiniteDifferences(Surrogate surrogate, Kl kl) {
    Random random = new Random(7);
    int compared = 0;
    int moving = 0;
    for (int trial = 0; trial < 500; trial++) {
      PolicyLoss policy = of(surrogate, random, kl);
      double logprob = -3.0 * random.nextDouble();
      double entropy = 2.0 * random.nextDouble();
      double advantage = random.nextGaussian();
      double old = logprob + 0.7 * random.nextGaussian();
      double reference = logprob + random.nextGaussian();
      double rollout = old + 0.3 * random.nextGaussian();
      double weight = random.nextDouble();
      double h = 1e-5;
      // The weight is a constant, so the old log-probability moves along.
      double frozen = hasConstantRatio(surrogate) ? h : 0.0;

      Outcome at =
          copy.evaluate(policy, logprob, entropy, advantage, old, reference, rollout, weight);
      Outcome right =
          copy.evaluate(
              policy,
              logprob + h,
              entropy,
              advantage,
              old + frozen,
              reference,
              rollout + frozen,
              weight);
      Outcome left =
          copy.evaluate(
              policy,
              logprob - h,
              entropy,
              advantage,
              old - frozen,
              reference,
              rollout - frozen,
              weight);
      if (right.clipFlags() == left.clipFlags()) {
        assertThat((right.loss() - left.loss()) / (2.0 * h))
            .isEqualTo(at.gradLogprob(), within(1e-8));
        compared++;
        moving += Math.abs(at.gradLogprob()) > 1e-3 ? 1 : 0;
      }
      double up =
          copy.evaluate(policy, logprob, entropy + h, advantage, old, reference, rollout, weight)
              .loss();
      double down =
          copy.evaluate(policy, logprob, entropy - h, advantage, old, reference, rollout, weight)
              .loss();
      assertThat((up - down) / (2.0 * h)).isEqualTo(at.gradEntropy(), within(1e-8));
    }
    assertThat(compared).isGreaterThan(450);
    assertThat(moving).isGreaterThan(100);
  }

  @ParameterizedTest
  @CsvSource({
    "clipLow = -0.1, -0.1, 0.2, 2, 2, 0, 0",
    "clipLow = 1.5, 1.5, 0.2, 2, 2, 0, 0",
    "clipLow = NaN, NaN, 0.2, 2, 2, 0, 0",
    "clipHigh = -1.0, 0.2, -1, 2, 2, 0, 0",
    "clipHigh = NaN, 0.2, NaN, 2, 2, 0, 0",
    "dualClip = 0.5, 0.2, 0.2, 0.5, 2, 0, 0",
    "dualClip = NaN, 0.2, 0.2, NaN, 2, 0, 0",
    "rolloutCap = 0.0, 0.2, 0.2, 2, 0, 0, 0",
    "rolloutCap = 1.0E-60, 0.2, 0.2, 2, 1e-60, 0, 0",
    "klCoefficient = -1.0, 0.2, 0.2, 2, 2, -1, 0",
    "klCoefficient = Infinity, 0.2, 0.2, 2, 2, Infinity, 0",
    "entropyCoefficient = NaN, 0.2, 0.2, 2, 2, 0, NaN",
    "entropyCoefficient = 1.0E60, 0.2, 0.2, 2, 2, 0, 1e60",
  })
  void rejectsNumbersOutOfRange(
      String message,
      double clipLow,
      double clipHigh,
      double dualClip,
      double rolloutCap,
      double klCoefficient,
      double entropyCoefficient) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                PolicyLoss.ppoClip(clipLow, clipHigh)
                    .withDualClip(dualClip)
                    .withRolloutCap(rolloutCap)
                    .withKl(Kl.K1, klCoefficient)
                    .withEntropy(entropyCoefficient))
        .withMessageContaining(message)
        .withMessageContaining("must be ");
  }

  @Test
  void rejectsMissingSurrogate() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CLIP.withKl(null, 0.0))
        .withMessageContaining("kl = null");
  }
}
