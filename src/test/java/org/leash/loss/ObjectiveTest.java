package org.leash.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.leash.loss.PolicyLoss.CLIPPED_HIGH;
import static org.leash.loss.PolicyLoss.CLIPPED_LOW;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.leash.loss.advantage.Sequences;
import org.leash.loss.objective.Adjustment;
import org.leash.loss.objective.ClipCov;
import org.leash.loss.objective.GeometricMeanRatio;
import org.leash.loss.objective.KlCov;
import org.leash.loss.objective.KlToOld;
import org.leash.loss.objective.Objective;
import org.leash.loss.objective.SequenceRatio;
import org.leash.loss.objective.SequenceWeight;
import org.leash.loss.objective.StaleSequenceMask;
import org.leash.loss.objective.StaleSequenceMask.Since;
import org.leash.loss.objective.TokenColumns;
import org.leash.loss.objective.TokenGradients;
import org.leash.loss.objective.TokenMeanEntropy;
import org.leash.loss.objective.TokenMeanEntropy.Over;
import org.leash.loss.objective.TopEntropy;
import org.leash.loss.preset.Preset;
import org.leash.reference.BatchReference;
import org.leash.reference.PolicyReference;
import org.leash.reference.PolicyReference.Outcome;

/**
 * Losses that depend on several tokens: hand-computed values, finite differences of the batch's
 * loss, and invariances.
 */
final class ObjectiveTest {
  private static final Offset<Double> EXACT = within(1e-12);
  private static final long SEED = 5;

  /** Two responses of two tokens; ratios 2, 1/2 · e^½ and e^−1, 1. */
  private static TokenColumns two(double first, double second) {
    Sequences sequences = Sequences.of(new int[] {2, 2}, new int[] {0, 0});
    double[] old = {-2, -2, -2, -2};
    double[] moved = {Math.log(2), 0.5 - Math.log(2), -1, 0};
    double[] logprob = IntStream.range(0, 4).mapToDouble(t -> old[t] + moved[t]).toArray();
    double[] weight = {0.25, 0.25, 0.25, 0.25};
    double[] advantage = {first, first, second, second};
    double[] entropy = {0.1, 0.4, 0.2, 0.3};
    return new TokenColumns(sequences, logprob, entropy, advantage, old, null, null, null, weight);
  }

  /** s = e^¼ and e^−½. */
  @Test
  void gspoMatchesHandComputation() {
    Objective gspo =
        Objective.of(PolicyLoss.ppoClip(0.2, 0.3), new SequenceRatio(SequenceRatio.Of.MEAN));
    TokenGradients on = gspo.evaluate(two(3, 2), SEED);
    double s = Math.exp(0.25);
    double t = Math.exp(-0.5);
    assertThat(on.ratio()).containsExactly(new double[] {s, s, t, t}, EXACT);
    assertThat(on.total()).isCloseTo(-(3 * s + 2 * t) / 2, EXACT);
    assertThat(on.gradLogprob())
        .containsExactly(new double[] {-3 * s / 4, -3 * s / 4, -t / 2, -t / 2}, EXACT);
    TokenGradients clipped = gspo.evaluate(two(3, -2), SEED);
    assertThat(clipped.clipFlags()).containsExactly(0, 0, CLIPPED_LOW, CLIPPED_LOW);
    assertThat(clipped.total()).isCloseTo((-3 * s + 2 * 0.8) / 2, EXACT);
    assertThat(clipped.gradLogprob()[2]).isZero();
  }

  /** Ratios of the whole responses: e^½ and e^−1. */
  @Test
  void rlooMatchesHandComputation() {
    Objective rloo =
        Objective.of(
            PolicyLoss.ppoClip(1, 9).withEntropy(0.5), new SequenceRatio(SequenceRatio.Of.PRODUCT));
    TokenColumns columns = two(3, -2);
    TokenGradients out = rloo.evaluate(columns, SEED);
    double first = 3 * Math.exp(0.5);
    double second = -2 * Math.exp(-1);
    assertThat(out.gradLogprob())
        .containsExactly(new double[] {-first / 4, -first / 4, -second / 4, -second / 4}, EXACT);
    assertThat(out.total())
        .as("each response's −A s once, the entropies of all tokens")
        .isCloseTo(-(first + second) / 4 - 0.25 * 0.5 * 1.0, EXACT);
  }

  /** Bounds ±0.4: log 2 is clipped for A > 0, −1 for A < 0. */
  @Test
  void gmpoMatchesHandComputation() {
    Objective gmpo =
        Objective.of(PolicyLoss.importanceWeighted(), new GeometricMeanRatio(0.4, 0.4));
    TokenGradients out = gmpo.evaluate(two(3, -2), SEED);
    double first = Math.exp((0.4 + 0.5 - Math.log(2)) / 2);
    double second = Math.exp((-0.4 + 0) / 2);
    assertThat(out.ratio()).containsExactly(new double[] {first, first, second, second}, EXACT);
    assertThat(out.gradLogprob())
        .containsExactly(new double[] {0, -3 * first / 4, 0, 2 * second / 4}, EXACT);
    assertThat(out.clipFlags()).containsExactly(CLIPPED_HIGH, 0, CLIPPED_LOW, 0);
    assertThat(out.total()).isCloseTo((-3 * first + 2 * second) / 2, EXACT);
  }

  /** −A ρ + 1e-3 (log ρ)²; the mask drops only the first term: e⁻² · 2 − e⁻² is 0.135. */
  @Test
  void primeRlMatchesHandComputation() {
    Objective prime = Preset.named("prime_rl").objective();
    assertThat(prime.isFused()).isTrue();
    assertThat(prime.needsReference()).isFalse();
    TokenColumns columns = two(3, -2);
    double[] log = {Math.log(2), 0.5 - Math.log(2), -1, 0};
    double[] advantage = {3, 3, -2, -2};
    double[] slope = new double[4];
    double total = 0;
    for (int t = 0; t < 4; t++) {
      slope[t] = 0.25 * (-advantage[t] * Math.exp(log[t]) + 2e-3 * log[t]);
      total += 0.25 * (-advantage[t] * Math.exp(log[t]) + 1e-3 * log[t] * log[t]);
    }
    TokenGradients out = prime.evaluate(columns, SEED);
    assertThat(out.gradLogprob()).containsExactly(slope, EXACT);
    assertThat(out.total()).isCloseTo(total, EXACT);
    assertThat(prime.prepare(columns).referenceLogprob()).isEqualTo(columns.oldLogprob());

    Objective narrow =
        Objective.of(PolicyLoss.probabilityMask(0.1, 0.1).withKl(Kl.K2, 2e-3), new KlToOld());
    assertThat(narrow.evaluate(columns, SEED).gradLogprob()[0])
        .as("masked, it still pays for its drift")
        .isCloseTo(0.25 * 2e-3 * log[0], EXACT);
  }

  /** W = e^½ and e^−1. */
  @Test
  void vespoMatchesHandComputation() {
    Objective vespo = Objective.of(PolicyLoss.reinforce(), new SequenceWeight(2, 3, 3, 2));
    TokenGradients out = vespo.evaluate(two(3, -2), SEED);
    double positive = Math.exp(3 + 2 * 0.5 - 3 * Math.exp(0.5));
    double negative = Math.exp(2 + 3 * -1 - 2 * Math.exp(-1));
    assertThat(out.gradLogprob()[0]).isCloseTo(-3 * positive / 4, EXACT);
    assertThat(out.gradLogprob()[3]).isCloseTo(2 * negative / 4, EXACT);
    assertThat(out.loss()[3]).isCloseTo(2 * negative / 4 * -2, EXACT);
  }

  /** The second response has lost half a nat on average. */
  @Test
  void dropsStaleResponsesWithNegativeAdvantage() {
    PolicyLoss policy = PolicyLoss.importanceWeighted();
    for (double delta : new double[] {0.49, 0.51}) {
      Objective opsm =
          Objective.of(policy, new StaleSequenceMask(delta, StaleSequenceMask.Since.OLD));
      double gradient = opsm.evaluate(two(3, -2), SEED).gradLogprob()[3];
      assertThat(gradient).isCloseTo(delta < 0.5 ? 0 : 0.5, EXACT);
      assertThat(opsm.evaluate(two(3, 2), SEED).gradLogprob()[3]).isCloseTo(-0.5, EXACT);
    }
  }

  /** 0.4 and 0.3 are the upper half of 0.1, 0.2, 0.3, 0.4. */
  @Test
  void dropsTokensOfLowEntropy() {
    Objective top = Objective.of(PolicyLoss.reinforce(), new TopEntropy(0.5));
    assertThat(top.evaluate(two(3, -2), SEED).gradLogprob())
        .containsExactly(new double[] {0, -0.75, 0, 0.5}, EXACT);
    Objective all = Objective.of(PolicyLoss.reinforce(), new TopEntropy(1));
    assertThat(all.evaluate(two(3, -2), SEED).gradLogprob()).doesNotContain(0);
  }

  /**
   * Advantages 3, 3, −2, −2 of mean ½; log-probabilities −2 + log 2, −1½ − log 2, −3, −2 of mean −2
   * − ⅛: covariances 2.05, −0.17, 2.19, −0.31.
   */
  @Test
  void selectsTokensByCovariance() {
    Objective clip = Objective.of(PolicyLoss.ppoClip(1, 9), new ClipCov(0.25, 2.1, 5));
    double[] plain =
        Objective.of(PolicyLoss.ppoClip(1, 9)).evaluate(two(3, -2), SEED).gradLogprob();
    double[] expected = plain.clone();
    expected[2] = 0;
    assertThat(clip.evaluate(two(3, -2), SEED).gradLogprob()).containsExactly(expected);

    PolicyLoss unclipped = PolicyLoss.importanceWeighted();
    Objective kl = Objective.of(unclipped, new KlCov(0.5, 0.3));
    TokenGradients out = kl.evaluate(two(3, -2), SEED);
    expected = plain.clone();
    expected[0] += 0.25 * 0.3;
    expected[2] -= 0.25 * 0.3;
    assertThat(out.gradLogprob()).containsExactly(expected, EXACT);
    double withoutPenalty = Objective.of(unclipped).evaluate(two(3, -2), SEED).total();
    assertThat(out.total()).isCloseTo(withoutPenalty + 0.25 * 0.3 * (Math.log(2) + 1), EXACT);
  }

  @Test
  void clipCovDependsOnSeed() {
    Random random = new Random(2);
    TokenColumns columns = Batches.columns(Batches.sequences(random), random, true);
    Objective clip = Objective.of(PolicyLoss.ppoClip(1, 9), new ClipCov(0.1, -100, 100));
    double[] one = clip.evaluate(columns, 1).gradLogprob();
    assertThat(clip.evaluate(columns, 1).gradLogprob()).containsExactly(one);
    assertThat(clip.evaluate(columns, 2).gradLogprob()).isNotEqualTo(one);
  }

  /** Of the entropies 0.1, 0.4, 0.2, 0.3, the upper half is 0.4 and 0.3. */
  @Test
  void meanEntropyIsOverTokensWhateverTheAggregation() {
    PolicyLoss policy = PolicyLoss.reinforce().withEntropy(2);
    TokenColumns columns = two(0, 0);
    for (Over over : Over.values()) {
      TokenGradients all = Objective.of(policy, new TokenMeanEntropy(over)).evaluate(columns, SEED);
      assertThat(all.gradEntropy()).containsExactly(new double[] {-0.5, -0.5, -0.5, -0.5}, EXACT);
      assertThat(all.total()).isCloseTo(-2 * 0.25, EXACT);
      double divisor = over == Over.ALL ? 4 : 2;
      TokenGradients upper =
          Objective.of(policy, new TokenMeanEntropy(over), new TopEntropy(0.5))
              .evaluate(columns, SEED);
      assertThat(upper.gradEntropy())
          .containsExactly(new double[] {0, -2 / divisor, 0, -2 / divisor}, EXACT);
      assertThat(upper.total()).isCloseTo(-2 * 0.7 / divisor, EXACT);
    }
    assertThat(Objective.of(policy, new TopEntropy(0.5)).evaluate(columns, SEED).gradEntropy())
        .as("aggregated as the surrogate, over all tokens")
        .containsExactly(new double[] {-0.5, -0.5, -0.5, -0.5}, EXACT);
  }

  /** Log-ratios 30 and −30 have a mean of 0; clamped by themselves they would have none here. */
  @Test
  void sumsOfLogRatiosAreClampedAfterwards() {
    TokenColumns plain = two(3, 3);
    double[] old = {-40, -2, -2, -2};
    double[] logprob = {-1, -32, -2, -2};
    TokenColumns columns = Batches.with(plain, logprob, old, plain.weight());
    TokenGradients mean =
        Objective.of(PolicyLoss.importanceWeighted(), new SequenceRatio(SequenceRatio.Of.MEAN))
            .evaluate(columns, SEED);
    assertThat(mean.ratio()[0]).isCloseTo(Math.exp(4.5), within(1e-10));
    assertThat(mean.gradLogprob()[1]).isCloseTo(-0.75 * Math.exp(4.5), within(1e-10));
    assertThat(mean.clipFlags()[0]).isZero();
    TokenGradients product =
        Objective.of(PolicyLoss.importanceWeighted(), new SequenceRatio(SequenceRatio.Of.PRODUCT))
            .evaluate(Batches.with(plain, new double[] {-1, -2, -2, -2}, old, plain.weight()), 1);
    assertThat(product.ratio()[0]).isEqualTo(Math.exp(20));
    assertThat(product.gradLogprob()[0]).isZero();
    assertThat(product.clipFlags()[0]).isEqualTo(PolicyLoss.CLAMPED_RATIO);
  }

  /** Two tokens with d = ½ and −½ and a ratio s of e^¼: the loss is ½ s (k(½) + k(−½)) / 2. */
  @Test
  void correctedKlIsDifferentiatedThroughTheRatioOfTheResponse() {
    TokenColumns plain = two(0, 0);
    double[] reference = {plain.logprob()[0] - 0.5, plain.logprob()[1] + 0.5, -3, -2};
    TokenColumns columns =
        new TokenColumns(
            plain.sequences(),
            plain.logprob(),
            plain.entropy(),
            plain.advantage(),
            plain.oldLogprob(),
            reference,
            null,
            null,
            plain.weight());
    TokenGradients out =
        Objective.of(
                PolicyLoss.ppoClip(0.2, 0.2).withKl(Kl.K3_CORRECTED, 1),
                new SequenceRatio(SequenceRatio.Of.MEAN))
            .evaluate(columns, SEED);
    double s = Math.exp(0.25);
    double up = Math.exp(-0.5) - 0.5;
    double down = Math.exp(0.5) - 1.5;
    double shared = s * (up + down) / 2;
    assertThat(out.gradLogprob()[0]).isCloseTo(0.25 * (s * (1 - Math.exp(-0.5)) + shared), EXACT);
    assertThat(out.gradLogprob()[1]).isCloseTo(0.25 * (s * (1 - Math.exp(0.5)) + shared), EXACT);
  }

  @Test
  void stalenessCountsFromTheSampler() {
    TokenColumns plain = two(3, -2);
    double[] ones = {1, 1, 1, 1};
    double[] sampler = {-2, -2, plain.logprob()[2] + 1, plain.logprob()[3] + 1};
    TokenColumns columns =
        new TokenColumns(
            plain.sequences(),
            plain.logprob(),
            plain.entropy(),
            plain.advantage(),
            plain.oldLogprob(),
            null,
            sampler,
            ones,
            plain.weight());
    for (Since since : Since.values()) {
      Objective opsm = Objective.of(PolicyLoss.reinforce(), new StaleSequenceMask(0.75, since));
      assertThat(opsm.evaluate(columns, SEED).gradLogprob()[2] == 0)
          .isEqualTo(since == Since.SAMPLER);
    }
  }

  @Test
  void orderOfAdjustmentsDoesNotMatter() {
    Adjustment ratio = new GeometricMeanRatio(0.4, 0.4);
    Adjustment mask = new TopEntropy(0.5);
    PolicyLoss policy = PolicyLoss.importanceWeighted();
    assertThat(Objective.of(policy, ratio, mask)).isEqualTo(Objective.of(policy, mask, ratio));
    assertThat(Objective.of(policy, ratio, mask).adjustments()).containsExactly(mask, ratio);
  }

  static List<Arguments> undefinedCompositions() {
    PolicyLoss plain = PolicyLoss.importanceWeighted();
    PolicyLoss clip = PolicyLoss.ppoClip(0.2, 0.2);
    Adjustment mean = new SequenceRatio(SequenceRatio.Of.MEAN);
    Adjustment product = new SequenceRatio(SequenceRatio.Of.PRODUCT);
    Adjustment gmpo = new GeometricMeanRatio(0.4, 0.4);
    Adjustment vespo = new SequenceWeight(2, 3, 3, 2);
    Adjustment klCov = new KlCov(0.1, 1);
    Adjustment clipCov = new ClipCov(0.1, 1, 5);
    return List.of(
        refused("both replace the ratio", plain, mean, gmpo),
        refused("both replace the ratio", PolicyLoss.reinforce(), mean, vespo),
        refused("take one of them", clip, mean, product),
        refused("take one of them", clip, new TopEntropy(0.1), new TopEntropy(0.2)),
        refused("is for ratios of tokens", plain, klCov, mean),
        refused("is for ratios of tokens", clip, clipCov, mean),
        refused("clips by itself", clip, gmpo),
        refused("ratio of a whole response", plain.withKl(Kl.K3_CORRECTED, 1), gmpo),
        refused("ratio of a whole response", clip.withKl(Kl.K1_CORRECTED, 1), product),
        refused("PolicyLoss.reinforce()", clip, vespo),
        refused("only PPO_CLIP, CISPO and SAPO", PolicyLoss.reinforce(), mean),
        refused("only PPO_CLIP, CISPO and SAPO", PolicyLoss.probabilityMask(0.1, 0.1), product),
        refused("what a clip would drop", clip, klCov),
        refused("PPO_CLIP leaves unclipped", PolicyLoss.reinforce(), clipCov),
        refused("does not take a KL estimate", clip.withKl(Kl.K1_CORRECTED, 1), new KlToOld()));
  }

  private static Arguments refused(String message, PolicyLoss policy, Adjustment... adjustments) {
    return Arguments.of(message, policy, List.of(adjustments));
  }

  @ParameterizedTest
  @MethodSource("undefinedCompositions")
  void refusesWhatNobodyHasDefined(
      String message, PolicyLoss policy, List<Adjustment> adjustments) {
    assertThatThrownBy(() -> new Objective(policy, adjustments))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  static List<Preset> presets() {
    return Preset.all();
  }

  @ParameterizedTest
  @MethodSource("presets")
  void agreesWithReference(Preset preset) {
    Random random = new Random(9);
    PolicyLoss policy = preset.objective().policy().withEntropy(0.1);
    Objective objective = preset.objective().withPolicy(policy);
    double largest = 0.0;
    for (int trial = 0; trial < 20; trial++) {
      Sequences sequences = Batches.sequences(random);
      TokenColumns c = Batches.columns(sequences, random, trial % 2 == 0);
      double[] weights = preset.aggregation().weights(sequences, 9);
      TokenColumns columns = Batches.with(c, c.logprob(), c.oldLogprob(), weights);
      TokenGradients actual = objective.evaluate(columns, trial);
      TokenGradients expected = BatchReference.evaluate(objective, columns, trial);
      assertThat(actual.loss()).containsExactly(expected.loss(), EXACT);
      assertThat(actual.gradLogprob()).containsExactly(expected.gradLogprob(), EXACT);
      assertThat(actual.gradEntropy()).containsExactly(expected.gradEntropy(), EXACT);
      largest =
          Math.max(largest, Arrays.stream(actual.gradLogprob()).map(Math::abs).max().orElse(0));
    }
    assertThat(largest).isGreaterThan(1e-3);
  }

  /** An objective without adjustments is the loss of every token. */
  @Test
  void withoutAdjustmentsEqualsTokenLosses() {
    Random random = new Random(3);
    TokenColumns c = Batches.columns(Batches.sequences(random), random, true);
    for (Preset preset : Preset.all()) {
      Objective objective = preset.objective();
      if (!objective.adjustments().isEmpty()) {
        continue;
      }
      PolicyLoss policy = objective.policy().withKl(Kl.K3_CORRECTED, 0.1);
      TokenGradients out = objective.withPolicy(policy).evaluate(c, SEED);
      for (int t = 0; t < c.sequences().tokens(); t++) {
        if (c.sequences().isKept(t)) {
          Outcome expected =
              PolicyReference.evaluate(
                  policy,
                  c.logprob()[t],
                  c.entropy()[t],
                  c.advantage()[t],
                  c.oldLogprob()[t],
                  c.referenceLogprob()[t],
                  OptionalDouble.of(c.rolloutLogprob()[t]),
                  c.weight()[t]);
          assertThat(out.loss()[t]).isCloseTo(expected.loss(), EXACT);
          assertThat(out.gradLogprob()[t]).isCloseTo(expected.gradLogprob(), EXACT);
          assertThat(out.clipFlags()[t]).isEqualTo(expected.clipFlags());
        }
      }
    }
  }

  /**
   * Compares with the whole loss of the batch. If weights are constants for the gradient (CISPO,
   * VESPO), the old log-probabilities move along, which keeps the weights constant.
   */
  @ParameterizedTest
  @MethodSource("presets")
  void gradientsMatchFiniteDifferencesOfBatchLoss(Preset preset) {
    Random random = new Random(8);
    Objective objective = preset.objective();
    boolean constantWeight =
        objective.policy().surrogate() == Surrogate.CISPO
            || objective.adjustments().stream().anyMatch(SequenceWeight.class::isInstance);
    int compared = 0;
    int moving = 0;
    for (int trial = 0; trial < 5; trial++) {
      Sequences sequences = Batches.sequences(random);
      TokenColumns columns = Batches.columns(sequences, random, false);
      double[] weights = preset.aggregation().weights(sequences, 9);
      columns = Batches.with(columns, columns.logprob(), columns.oldLogprob(), weights);
      TokenGradients at = objective.evaluate(columns, SEED);
      double h = 1e-6;
      for (int t = 0; t < sequences.tokens(); t++) {
        if (!sequences.isKept(t)) {
          continue;
        }
        TokenGradients up = objective.evaluate(moved(columns, t, h, constantWeight), SEED);
        TokenGradients down = objective.evaluate(moved(columns, t, -h, constantWeight), SEED);
        if (Arrays.equals(up.clipFlags(), down.clipFlags())) {
          assertThat((up.total() - down.total()) / (2 * h))
              .as("%s, token %d", preset.name(), t)
              .isCloseTo(at.gradLogprob()[t], within(1e-8));
          compared++;
          moving += Math.abs(at.gradLogprob()[t]) > 1e-4 ? 1 : 0;
        }
      }
    }
    assertThat(compared).isGreaterThan(50);
    assertThat(moving).isGreaterThan(5);
  }

  private static TokenColumns moved(TokenColumns columns, int t, double step, boolean oldToo) {
    double[] logprob = columns.logprob().clone();
    double[] old = columns.oldLogprob().clone();
    logprob[t] += step;
    old[t] += oldToo ? step : 0;
    return Batches.with(columns, logprob, old, columns.weight());
  }

  /** Values at tokens that are not kept have no effect. */
  @ParameterizedTest
  @MethodSource("presets")
  void maskedTokensAreInert(Preset preset) {
    Random random = new Random(4);
    Sequences all = Batches.sequences(random);
    TokenColumns clean = Batches.columns(all, random, true);
    for (double rubbish :
        new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      TokenColumns dirty = Batches.dirtied(clean, rubbish);
      TokenGradients expected = preset.objective().evaluate(Batches.compacted(dirty), SEED);
      TokenGradients out = preset.objective().evaluate(dirty, SEED);
      Sequences s = dirty.sequences();
      assertThat(s.compact(out.loss())).containsExactly(expected.loss());
      assertThat(s.compact(out.gradLogprob())).containsExactly(expected.gradLogprob());
      assertThat(s.compact(out.gradEntropy())).containsExactly(expected.gradEntropy());
      for (int t = 0; t < s.tokens(); t++) {
        if (!s.isKept(t)) {
          assertThat(out.loss()[t]).isZero();
          assertThat(out.gradLogprob()[t]).isZero();
          assertThat(out.gradEntropy()[t]).isZero();
        }
      }
    }
  }

  /** On policy, without a KL term, every token with a surrogate has the gradient −A. */
  @ParameterizedTest
  @MethodSource("presets")
  void onPolicyGradientIsPolicyGradient(Preset preset) {
    Random random = new Random(6);
    TokenColumns c = Batches.columns(Batches.sequences(random), random, false);
    double[] ones = new double[c.logprob().length];
    Arrays.fill(ones, 1);
    TokenColumns on = Batches.with(c, c.logprob(), null, ones);
    Objective objective =
        preset.objective().withPolicy(preset.objective().policy().withKl(Kl.NONE, 0));
    TokenGradients out = objective.evaluate(on, SEED);
    int same = 0;
    for (int t = 0; t < ones.length; t++) {
      if (c.sequences().isKept(t) && out.gradLogprob()[t] != 0.0) {
        assertThat(out.gradLogprob()[t]).isCloseTo(-c.advantage()[t], EXACT);
        same++;
      }
    }
    assertThat(same).isGreaterThan(2);
  }

  @Test
  void namesMissingColumns() {
    TokenColumns columns = two(1, -1);
    Objective gspo = Preset.named("gspo").objective();
    assertThatThrownBy(() -> gspo.prepare(columns)).hasMessageContaining("needs statistics");
    assertThatThrownBy(
            () -> gspo.withPolicy(gspo.policy().withKl(Kl.K3, 0.1)).evaluate(columns, SEED))
        .hasMessageContaining("referenceLogprob is needed");
    assertThatThrownBy(() -> Preset.named("grpo2"))
        .hasMessageContaining("no preset grpo2; use one of reinforce, ppo, grpo");
  }
}
