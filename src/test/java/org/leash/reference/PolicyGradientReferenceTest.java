package org.leash.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.DoubleStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.leash.loss.Kl;
import org.leash.loss.PolicyLoss;
import org.leash.reference.PolicyReference.Outcome;
import org.leash.reference.RowReference.Row;

/** Row and loss combined: from the logits of a row to the loss and its gradient. */
class PolicyGradientReferenceTest {

  /**
   * Logits 0, log 2, log 4; target of probability 2/7; ratio 1; entropy bonus. Worked out by hand.
   */
  @Test
  void matchesHandComputedRow() {
    Row row = RowReference.of(new double[] {0.0, Math.log(2.0), Math.log(4.0)}, 1.0);
    PolicyLoss policy = PolicyLoss.ppoClip(0.2, 0.2).withEntropy(0.5);
    double logprob = row.logprob(1);
    Outcome outcome =
        PolicyReference.evaluate(
            policy, logprob, row.entropy(), 2.0, logprob, 0.0, OptionalDouble.empty(), 1.0);
    double entropy = Math.log(7.0) - 10.0 * Math.log(2.0) / 7.0;
    assertThat(outcome.loss()).isEqualTo(-2.0 - 0.5 * entropy, within(1e-14));

    double[] gradient = row.gradient(1, outcome.gradLogprob(), outcome.gradEntropy(), 0.0);
    // Through logprob: -2 (delta - p). Through the entropy: 0.5 p_j (z_j - E[z]), E[z] = 10/7 log
    // 2.
    double unit = Math.log(2.0) / 98.0;
    assertThat(gradient)
        .containsExactly(
            new double[] {
              2.0 / 7.0 - 10.0 * unit, -10.0 / 7.0 - 6.0 * unit, 8.0 / 7.0 + 16.0 * unit
            },
            within(1e-14));
  }

  /** Central differences of the loss of a whole row with respect to every logit. */
  @Property(tries = 200)
  void gradientMatchesFiniteDifferences(
      @ForAll long seed, @ForAll Kl kl, @ForAll @IntRange(min = 1, max = 12) int vocab) {
    Assume.that(kl != Kl.K1_STRAIGHT && kl != Kl.K3_STRAIGHT); // Gradients of another value.
    Random random = new Random(seed);
    double[] logits =
        DoubleStream.generate(() -> 2.0 * random.nextGaussian()).limit(vocab).toArray();
    double temperature = 0.5 + random.nextDouble();
    int target = random.nextInt(vocab);
    double advantage = random.nextGaussian();
    PolicyLoss policy =
        PolicyLoss.ppoClip(0.2, 0.28)
            .withDualClip(3.0)
            .withRolloutCap(2.0)
            .withKl(kl, 0.3)
            .withEntropy(0.2);
    Row row = RowReference.of(logits, temperature);
    double old = row.logprob(target) + 0.2 * random.nextGaussian();
    double reference = row.logprob(target) + 0.5 * random.nextGaussian();
    double rollout = old + 0.2 * random.nextGaussian();
    double weight = 0.25 + random.nextDouble();

    Outcome outcome =
        PolicyReference.evaluate(
            policy,
            row.logprob(target),
            row.entropy(),
            advantage,
            old,
            reference,
            OptionalDouble.of(rollout),
            weight);
    double[] gradient = row.gradient(target, outcome.gradLogprob(), outcome.gradEntropy(), 0.0);
    assertThat(DoubleStream.of(gradient).sum()).isEqualTo(0.0, within(1e-13));

    double h = 1e-5;
    for (int j = 0; j < vocab; j++) {
      double[] right = logits.clone();
      double[] left = logits.clone();
      right[j] += h;
      left[j] -= h;
      Outcome up =
          at(policy, right, temperature, target, advantage, old, reference, rollout, weight);
      Outcome down =
          at(policy, left, temperature, target, advantage, old, reference, rollout, weight);
      if (up.clipFlags() == down.clipFlags()) {
        assertThat((up.loss() - down.loss()) / (2.0 * h)).isEqualTo(gradient[j], within(1e-8));
      }
    }
  }

  private static Outcome at(
      PolicyLoss policy,
      double[] logits,
      double temperature,
      int target,
      double advantage,
      double old,
      double reference,
      double rollout,
      double weight) {
    Row row = RowReference.of(logits, temperature);
    return PolicyReference.evaluate(
        policy,
        row.logprob(target),
        row.entropy(),
        advantage,
        old,
        reference,
        OptionalDouble.of(rollout),
        weight);
  }
}
