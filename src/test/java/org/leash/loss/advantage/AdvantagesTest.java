package org.leash.loss.advantage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.leash.loss.Kl;

/** Advantages against hand-computed values, published values and definitions. */
final class AdvantagesTest {
  private static final Offset<Double> EXACT = within(1e-12);
  private static final double[] ONE_IN_FOUR = {1, 0, 0, 0};

  /** Mean 1/4; std 1/2 with ddof 1, √3/4 with ddof 0. */
  @Test
  void groupAdvantagesMatchHandComputation() {
    double root = Math.sqrt(3);
    assertGroup(Advantages.grpo(), 0.75 / 0.500001, -0.25 / 0.500001);
    assertGroup(Advantages.grpoTrl(), 0.75 / 0.5001, -0.25 / 0.5001);
    assertGroup(Advantages.grpoOpenInstruct(), 0.75 / (root / 4 + 1e-8), -0.25 / (root / 4 + 1e-8));
    assertGroup(Advantages.centered(), 0.75, -0.25);
    assertGroup(Advantages.rloo(), 1, -1.0 / 3);
    assertGroup(Advantages.maxRl(), 3, -1);
    assertGroup(Advantages.positiveOnly(), 1, 0);
    assertGroup(Advantages.negativeOnly(), 0, -1);
    assertGroup(Advantages.weightedReinforce(0.1), 0.1, -1);
    assertGroup(Advantages.bestOfGroup(false), 1, 0);
    assertGroup(Advantages.bestOfGroup(true), 1 / 0.500001, 0);
  }

  private static void assertGroup(GroupAdvantage advantage, double correct, double wrong) {
    assertThat(advantage.ofGroup(ONE_IN_FOUR))
        .containsExactly(new double[] {correct, wrong, wrong, wrong}, EXACT);
  }

  @Test
  void equalRewardsGiveZeroAdvantages() {
    for (GroupAdvantage advantage :
        new GroupAdvantage[] {
          Advantages.grpo(),
          Advantages.grpoVerl(),
          Advantages.grpoOpenInstruct(),
          Advantages.centered(),
          Advantages.rloo(),
          Advantages.maxRl(),
          Advantages.passAtK(2),
          Advantages.bestOfGroup(true)
        }) {
      for (double reward : new double[] {0, 1, 0.1}) {
        double[] rewards = {reward, reward, reward};
        assertThat(advantage.ofGroup(rewards)).containsExactly(0, 0, 0);
      }
    }
  }

  @Test
  void singleResponseFollowsConventionOfSource() {
    double[] alone = {2.0};
    assertThat(Advantages.grpoVerl().ofGroup(alone)).containsExactly(2.0 / (1 + 1e-6));
    assertThat(Advantages.grpo().ofGroup(alone)).containsExactly(0);
    assertThat(Advantages.rloo().ofGroup(alone)).containsExactly(2);
    assertThat(Advantages.bestOfGroup(true).ofGroup(alone)).containsExactly(0);
  }

  /** Groups of 1, 2 and 3 responses of 1, 2, 1, 1, 3 and 2 tokens. */
  private static final Sequences THREE_GROUPS =
      Sequences.of(new int[] {1, 2, 1, 1, 3, 2}, new int[] {0, 1, 1, 2, 2, 2});

  @Test
  void loneResponseKeepsItsRewardInVerl() {
    Rewards rewards = Rewards.of(new double[] {2, 1, 0, 1, 1, 0});
    assertThat(Advantages.centered().of(THREE_GROUPS, rewards)[0]).isZero();
    assertThat(Advantages.centeredVerl().of(THREE_GROUPS, rewards)[0]).isEqualTo(2);
    assertThat(Advantages.opo().of(THREE_GROUPS, rewards)[0]).isZero();
    assertThat(Advantages.opoVerl().of(THREE_GROUPS, rewards)[0]).isEqualTo(2);
    assertThat(Advantages.gpg().of(THREE_GROUPS, rewards)[0]).isCloseTo(2 * 6.0 / 4, EXACT);
    assertThat(Advantages.rlooVectorized().of(THREE_GROUPS, rewards)[0]).isZero();
    assertThat(Advantages.rloo().of(THREE_GROUPS, rewards)[0]).isEqualTo(2);
  }

  static Stream<Advantage> estimators() {
    return Stream.of(
        Advantages.grpo(),
        Advantages.grpoVerl(),
        Advantages.litePpo(),
        Advantages.rloo(),
        Advantages.rlooNormalised(),
        Advantages.returns(0.9),
        Advantages.reinforcePlusPlus(1),
        Advantages.reinforcePlusPlusBaseline(),
        Advantages.remax(),
        Advantages.opo(),
        Advantages.gpg(),
        Advantages.maxRl(),
        Advantages.bestOfGroup(true),
        Advantages.positiveOnly(),
        Advantages.gae(0.9, 0.8, true),
        Advantages.gdpo(),
        Advantages.gdpoVerl(2, 1),
        new OptimalTokenBaseline(false, true),
        new OptimalTokenBaseline(true, false));
  }

  /** The others have the advantages that they would have without it. */
  @ParameterizedTest
  @MethodSource("estimators")
  void unscoredResponseIsNoPartOfItsGroup(Advantage advantage) {
    double nan = Double.NaN;
    double[] values = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0};
    Rewards with =
        Rewards.of(new double[] {2, 1, 0, nan, 1, 0})
            .withGreedy(new double[] {1, 0, 0, nan, 1, 1})
            .withValues(values)
            .withTokens(new double[10])
            .withSeveral(new double[][] {{1, 0, 1, nan, 0, 1}, {0, 1, 1, nan, 1, 0}})
            .withScoreNorms(new double[10], values, null);
    Rewards without =
        Rewards.of(new double[] {2, 1, 0, 1, 0})
            .withGreedy(new double[] {1, 0, 0, 1, 1})
            .withValues(new double[] {0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 1.0})
            .withSeveral(new double[][] {{1, 0, 1, 0, 1}, {0, 1, 1, 1, 0}})
            .withScoreNorms(
                new double[9], new double[] {0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 1.0}, null);
    Sequences fewer = Sequences.of(new int[] {1, 2, 1, 3, 2}, new int[] {0, 1, 1, 2, 2});
    assertPresent(advantage.of(THREE_GROUPS, with), advantage.of(fewer, without), 0);
    double[] targets = advantage.targets(THREE_GROUPS, with);
    assertPresent(targets, advantage.targets(fewer, without), values[4]);
  }

  private static void assertPresent(double[] all, double[] present, double absent) {
    double[] expected = new double[10];
    System.arraycopy(present, 0, expected, 0, 4);
    expected[4] = absent;
    System.arraycopy(present, 4, expected, 5, 5);
    assertThat(all).containsExactly(expected, EXACT);
  }

  /** In the group of two, only the first has the second reward. */
  @Test
  void gdpoCountsTheRewardsThatThereAre() {
    Sequences two = Sequences.of(new int[] {1, 1}, new int[] {0, 0});
    Rewards rewards =
        Rewards.of(new double[] {0, 0}).withSeveral(new double[][] {{1, 0}, {1, Double.NaN}});
    double[] of = Advantages.gdpo().of(two, rewards);
    assertThat(of[0]).isGreaterThan(0.7).isCloseTo(-of[1], EXACT);
  }

  @Test
  void nothingScoredGivesNothing() {
    double nan = Double.NaN;
    Rewards none = Rewards.of(new double[] {nan, nan, nan, nan, nan, nan});
    assertThat(Advantages.grpo().of(THREE_GROUPS, none)).containsOnly(0);
    assertThat(Advantages.reinforcePlusPlus(1).of(THREE_GROUPS, none)).containsOnly(0);
  }

  @Test
  void namesWhatIsNotFinite() {
    double infinity = Double.POSITIVE_INFINITY;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rewards.of(new double[] {0, infinity}))
        .withMessageContaining("outcome[1] = Infinity: must be finite, or NaN");
    Rewards plain = Rewards.of(new double[6]);
    double[] odd = {0, 0, Double.NaN, 0, 0, 0, 0, 0, 0, 0};
    assertRefused("values[2] = NaN", Advantages.gae(1, 1, false), plain.withValues(odd));
    assertRefused("tokens[2] = NaN", Advantages.returns(1), plain.withTokens(odd));
    double[] greedy = {0, 0, infinity, 0, 0, 0};
    assertRefused("greedy[2] = Infinity", Advantages.remax(), plain.withGreedy(greedy));
    assertRefused(
        "one of several rewards[2] = Infinity",
        Advantages.gdpo(),
        plain.withSeveral(new double[][] {greedy}));
    Sequences masked =
        THREE_GROUPS.masked(
            new boolean[] {true, true, false, true, true, true, true, true, true, true});
    assertThat(Advantages.gae(1, 1, false).of(masked, plain.withValues(odd)))
        .as("what is not kept may be anything")
        .containsOnly(0);
  }

  private static void assertRefused(String message, Advantage advantage, Rewards rewards) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> advantage.of(THREE_GROUPS, rewards))
        .withMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "8, 1, 4, 1.0, -0.142857, 1e-6",
    "8, 3, 4, 0.27735, -0.16641, 1e-6",
    "32, 8, 4, 0.6476, -0.2159, 5e-5",
  })
  void passAtKTrainingMatchesPublication(
      int n, int correct, int k, double good, double bad, double digits) {
    double[] rewards = new double[n];
    Arrays.fill(rewards, 0, correct, 1.0);
    double[] advantages = Advantages.passAtK(k).ofGroup(rewards);
    assertThat(advantages[0]).isCloseTo(good, within(digits));
    assertThat(advantages[n - 1]).isCloseTo(bad, within(digits));
    assertThat(Arrays.stream(advantages).sum()).isCloseTo(0, EXACT);
  }

  /** The closed form is the mean over all subsets of size k of their standardised rewards. */
  @Test
  void passAtKTrainingEqualsMeanOverSubsets() {
    for (int n = 2; n <= 8; n++) {
      for (int correct = 1; correct < n; correct++) {
        for (int k = 1; k <= n; k++) {
          double[] rewards = new double[n];
          Arrays.fill(rewards, 0, correct, 1.0);
          assertThat(Advantages.passAtK(k).ofGroup(rewards))
              .as("n %d, correct %d, k %d", n, correct, k)
              .containsExactly(overSets(n, correct, k), EXACT);
        }
      }
    }
  }

  private static double[] overSets(int n, int correct, int k) {
    int sets = 0;
    int hits = 0;
    int[] with = new int[n];
    int[] hitsWith = new int[n];
    for (int set = 0; set < 1 << n; set++) {
      if (Integer.bitCount(set) == k) {
        int hit = (set & ((1 << correct) - 1)) != 0 ? 1 : 0;
        sets++;
        hits += hit;
        for (int i = 0; i < n; i++) {
          with[i] += set >> i & 1;
          hitsWith[i] += (set >> i & 1) * hit;
        }
      }
    }
    double mean = (double) hits / sets;
    double deviation = Math.sqrt(mean * (1 - mean));
    double[] advantages = new double[n];
    for (int i = 0; i < n; i++) {
      double own = (double) hitsWith[i] / with[i];
      advantages[i] = deviation == 0 ? 0 : (own - mean) / deviation;
    }
    return advantages;
  }

  @Test
  void passAtOneEqualsGrpoWithoutBesselCorrection() {
    double[] rewards = {1, 0, 1, 0, 0, 0, 1};
    assertThat(Advantages.passAtK(1).ofGroup(rewards))
        .containsExactly(Advantages.standardised(0, 0).ofGroup(rewards), EXACT);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Advantages.passAtK(8).ofGroup(rewards))
        .withMessageContaining("k = 8 is outside [1, 7]");
  }

  /** Two groups of two; responses of 1, 3, 2 and 2 tokens. */
  private static final Sequences SEQUENCES =
      Sequences.of(new int[] {1, 3, 2, 2}, new int[] {7, 7, 9, 9});

  @Test
  void batchAdvantagesMatchHandComputation() {
    Rewards rewards = Rewards.of(new double[] {1, 0, 1, 1});
    double deviation = Math.sqrt((3 * 0.0625 + 0.5625) / 3);
    assertThat(Advantages.litePpo().of(SEQUENCES, rewards))
        .containsExactly(spread(0.5 / (deviation + 1e-4), -0.5 / (deviation + 1e-4), 0, 0), EXACT);
    // The baseline of the first group is (1 · 1 + 3 · 0) / 4.
    assertThat(Advantages.opo().of(SEQUENCES, rewards))
        .containsExactly(spread(0.75, -0.25, 0, 0), EXACT);
    assertThat(Advantages.gpg().of(SEQUENCES, rewards))
        .containsExactly(spread(4.0 / 3 * 0.5, -4.0 / 3 * 0.5, 0, 0), EXACT);
    assertThat(Advantages.remax().of(SEQUENCES, rewards.withGreedy(new double[] {0.5, 0.5, 1, 1})))
        .containsExactly(spread(0.5, -0.5, 0, 0), EXACT);
  }

  private static double[] spread(double... perSequence) {
    return SEQUENCES.spread(perSequence);
  }

  @Test
  void returnsDiscountAndGaeIsZeroWithPerfectCritic() {
    Rewards rewards =
        Rewards.of(new double[] {1, 2, 0, 4}).withTokens(new double[] {0, 1, 0, 0, 0, 0, 3, 0});
    double[] returns = Advantages.returns(0.5).of(SEQUENCES, rewards);
    assertThat(returns).containsExactly(new double[] {1, 1.5, 1, 2, 0, 0, 5, 4}, EXACT);
    assertThat(Advantages.gae(0.5, 0.3, false).of(SEQUENCES, rewards.withValues(returns)))
        .containsExactly(new double[8], EXACT);
    assertThat(Advantages.gae(0.5, 1, false).of(SEQUENCES, rewards.withValues(new double[8])))
        .containsExactly(returns, EXACT);
  }

  /** γ = 1/2, λ = 1/2, V = 1 everywhere, reward 2 at the last of three tokens, by hand. */
  @Test
  void gaeMatchesHandComputation() {
    Sequences three = Sequences.of(new int[] {3}, new int[] {0});
    Rewards rewards = Rewards.of(new double[] {2}).withValues(new double[] {1, 1, 1});
    // δ = −1/2, −1/2, 1; A₃ = 1, A₂ = −1/2 + 1/4, A₁ = −1/2 − 1/16.
    assertThat(Advantages.gae(0.5, 0.5, false).of(three, rewards))
        .containsExactly(new double[] {-0.5625, -0.25, 1}, EXACT);
    // The critic's targets are these plus its values, whether or not the advantages are whitened.
    assertThat(Advantages.gae(0.5, 0.5, true).targets(three, rewards))
        .containsExactly(new double[] {0.4375, 0.75, 2}, EXACT);
    // At λ = 1 the targets are the return to go, for any critic.
    assertThat(Advantages.gae(0.5, 1, true).targets(three, rewards))
        .containsExactly(new double[] {0.5, 1, 2}, EXACT);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Advantages.gae(1.5, 1, true))
        .withMessageContaining("gamma = 1.5, lambda = 1.0: both must be in [0, 1]");
  }

  @Test
  void reinforcePlusPlusWhitensKeptTokens() {
    boolean[] kept = {true, true, false, true, true, true, true, false};
    Sequences masked = SEQUENCES.masked(kept);
    double[] tokens = {0.2, -0.1, Double.NaN, 0, 0.3, -0.4, 0, Double.NEGATIVE_INFINITY};
    Rewards rewards = Rewards.of(new double[] {1, 0, 1, 0}).withTokens(tokens);
    for (Advantage advantage :
        new Advantage[] {Advantages.reinforcePlusPlus(1), Advantages.reinforcePlusPlusBaseline()}) {
      double[] white = advantage.of(masked, rewards);
      assertThat(white[2]).isZero();
      assertThat(white[7]).isZero();
      double[] of = masked.compact(white);
      assertThat(Moments.mean(of)).isCloseTo(0, EXACT);
      assertThat(Moments.variance(of, 1)).isCloseTo(1, within(1e-6));
    }
    // The last kept token of the last response has the outcome.
    assertThat(Advantages.returns(1).of(masked, rewards)[6]).isEqualTo(0.0);
  }

  @Test
  void gdpoStandardisesEachReward() {
    double[][] several = {{1, 0, 1, 1}, {100, 300, 300, 100}};
    Rewards rewards = Rewards.of(new double[4]).withSeveral(several);
    double unit = 0.5 / (Math.sqrt(0.5) + 1e-4);
    double large = 100 / (Math.sqrt(0.5) * 200 + 1e-4);
    double[] sums = {unit - large, -unit + large, large, -large};
    double deviation = Moments.deviation(sums, 1);
    double[] expected = Moments.scaled(sums, 1 / (deviation + 1e-4));
    assertThat(Advantages.gdpo(1, 1).of(SEQUENCES, rewards))
        .containsExactly(SEQUENCES.spread(expected), within(1e-9));
    assertThat(Advantages.gdpo().of(SEQUENCES, rewards))
        .isEqualTo(Advantages.gdpo(1, 1).of(SEQUENCES, rewards));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Advantages.gdpo(1).of(SEQUENCES, rewards))
        .withMessageContaining("1 weights for 2 rewards");
  }

  @Test
  void addsKlPenaltyToRewards() {
    double[] logprob = {-1, -1, -1, -1, -1, -1, -1, -1};
    double[] reference = {-1.5, -1, -2, -1, -1, -1, -3, Double.NaN};
    boolean[] kept = new boolean[8];
    Arrays.fill(kept, 0, 7, true);
    Sequences masked = SEQUENCES.masked(kept);
    Rewards rewards = Rewards.of(new double[] {1, 0, 1, 1});
    assertThat(rewards.withTokenPenalty(masked, Kl.K1, 0.1, logprob, reference).perToken(masked))
        .containsExactly(new double[] {0.95, 0, -0.1, 0, 0, 1, 0.8, 0}, EXACT);
    assertThat(rewards.withSequencePenalty(masked, Kl.K1, 0.1, logprob, reference).outcomes(masked))
        .containsExactly(new double[] {0.95, -0.1, 1, 0.8}, EXACT);
    // d = 0.5, 0, 1, 2 at the tokens where the policies may differ.
    assertThat(rewards.withTokenPenalty(masked, Kl.K2, 0.1, logprob, reference).perToken(masked))
        .containsExactly(new double[] {1 - 0.0125, 0, -0.05, 0, 0, 1, 0.8, 0}, EXACT);
    double k3 = Math.exp(-0.5) - 0.5;
    assertThat(rewards.withTokenPenalty(masked, Kl.K3, 1, logprob, reference).perToken(masked))
        .containsExactly(new double[] {1 - k3, 0, -Math.exp(-1), 0, 0, 1, -Math.exp(-2), 0}, EXACT);
  }

  @Test
  void advantagesOfGroupsSumToZero() {
    Random random = new Random(1);
    for (int trial = 0; trial < 100; trial++) {
      double[] rewards = random.doubles(2 + random.nextInt(15)).toArray();
      for (GroupAdvantage advantage :
          new GroupAdvantage[] {
            Advantages.grpo(), Advantages.centered(), Advantages.rloo(), Advantages.maxRl()
          }) {
        assertThat(Arrays.stream(advantage.ofGroup(rewards)).sum()).isCloseTo(0, EXACT);
      }
    }
  }

  /** Log-probabilities that differ by 1, −2 (not kept: 5), 3 and, of another response, 40. */
  @Test
  void distillationAddsWhatTheTeacherPrefers() {
    Sequences sequences =
        Sequences.of(new int[] {4, 1, 1}, new int[] {0, 0, 0})
            .masked(new boolean[] {true, true, false, true, true, true});
    double[] student = {-3, -1, -6, -5, -41, -2};
    double[] teacher = {-2, -3, -1, -2, -1, -2};
    Rewards rewards = Rewards.of(new double[] {1, 0, Double.NaN}).withTeacher(teacher, student);
    assertThat(Distillation.alone(0).of(sequences, rewards))
        .containsExactly(new double[] {1, -2, 0, 3, 40, 0}, EXACT);
    assertThat(Distillation.alone(0.6).of(sequences, rewards))
        .containsExactly(new double[] {1.6, -2 * 1.5, 0, 3 * 1.3, 64, 0}, EXACT);
    assertThat(Distillation.beside(Advantages.centered(), 0.1).of(sequences, rewards))
        .containsExactly(new double[] {0.6, 0.3, 0, 0.8, 3.5, 0}, EXACT);
    assertThat(new Distillation(Optional.of(Advantages.remax()), 2, 1, 0).needs())
        .containsExactlyInAnyOrder(Advantage.Need.TEACHER, Advantage.Need.GREEDY);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Distillation.alone(0)
                    .of(
                        sequences,
                        rewards.withTeacher(
                            new double[] {-1, -1, -1, Double.NEGATIVE_INFINITY, -1, -1}, student)))
        .withMessage("teacher[3] = -Infinity: must be finite");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Distillation.alone(-1))
        .withMessage("gamma = -1.0: must be finite and >= 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Distillation.beside(Advantages.centered(), Double.NaN))
        .withMessageContaining("coefficient = NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rewards.withTeacher(teacher, new double[2]))
        .withMessageContaining("6 log-probabilities of the teacher, but 2 of the student");
  }

  @Test
  void clippedOutcomesStayUnscored() {
    Rewards rewards = Rewards.of(new double[] {-3, 0.5, 3, Double.NaN}).clipped(-1, 2);
    assertThat(rewards.outcomes(SEQUENCES)).containsExactly(-1, 0.5, 2, Double.NaN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rewards.clipped(1, -1))
        .withMessage("low = 1.0, high = -1.0: needs low <= high");
  }

  @Test
  void namesMissingRewards() {
    Rewards rewards = Rewards.of(new double[] {1, 0, 1, 1});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Advantages.gae(1, 1, true).of(SEQUENCES, rewards))
        .withMessageContaining("set Rewards.withValues");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OptimalTokenBaseline(true, true).of(SEQUENCES, rewards))
        .withMessageContaining("set Rewards.withScoreNorms");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Distillation.alone(0).of(SEQUENCES, rewards))
        .withMessageContaining("set Rewards.withTeacher");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rewards.withScoreNorms(new double[8], new double[7], null))
        .withMessageContaining("8 log-probabilities, 7 collision probabilities and 8 weights");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Advantages.grpo().of(SEQUENCES, Rewards.of(new double[3])))
        .withMessageContaining("outcomes has 3 entries, should have 4");
  }
}
