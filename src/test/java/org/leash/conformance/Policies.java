package org.leash.conformance;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.leash.loss.Kl;
import org.leash.loss.PolicyLoss;
import org.leash.loss.Rollout;
import org.leash.loss.Surrogate;

/**
 * Policy losses with their columns. Lower and upper bounds differ, so that {@link MutationTest}
 * detects an exchange.
 *
 * @param hasOld whether there are old log-probabilities; the ratio is 1 otherwise
 * @param hasRollout whether there are rollout log-probabilities
 * @param hasWeight whether there are weights
 */
record Policies(PolicyLoss loss, boolean hasOld, boolean hasRollout, boolean hasWeight) {
  private static final double NO_BOUND = Double.POSITIVE_INFINITY;

  /** Bounds of |d|, and of d² / 2 and k3, that some tokens of a {@link Problem} exceed. */
  private static final double LARGE = 0.45;

  private static final double LARGE_K3 = 0.1;

  private static final List<Policies> CHOSEN =
      List.of(
          new Policies(
              PolicyLoss.ppoClip(0.2, 0.28)
                  .withDualClip(3.0)
                  .withRolloutCap(2.0)
                  .withKl(Kl.K3, 0.05)
                  .withKlBound(LARGE_K3)
                  .withEntropy(0.01),
              true,
              true,
              true),
          new Policies(PolicyLoss.ppoClip(0.2, 0.2).withKl(Kl.NONE, 0.5), false, false, false),
          new Policies(
              PolicyLoss.ppoClip(0.1, NO_BOUND)
                  .withKl(Kl.K1, 0.5)
                  .withKlBound(LARGE)
                  .withEntropy(-0.1),
              true,
              false,
              true),
          new Policies(
              PolicyLoss.ppoClip(1.0, 0.28)
                  .withKl(Kl.K2, 0.25)
                  .withKlBound(LARGE_K3)
                  .withRolloutCap(NO_BOUND),
              true,
              true,
              false),
          new Policies(PolicyLoss.ppoClip(0.0, 0.0).withEntropy(1.0), false, true, true),
          new Policies(
              PolicyLoss.reinforce()
                  .withKl(Kl.K1_STRAIGHT, 0.05)
                  .withKlBound(LARGE)
                  .withRolloutMask(0.5, 1.3),
              true,
              true,
              true),
          new Policies(
              PolicyLoss.cispo(0.1, 0.3).withKl(Kl.K1_CORRECTED, 0.01).withKlBound(LARGE),
              true,
              false,
              true),
          new Policies(PolicyLoss.cispoCapped(5.0).withEntropy(0.01), true, false, false),
          new Policies(
              PolicyLoss.sapo(1.0, 1.05).withRollout(Rollout.TRUNCATE, 0.9, 1.2), true, true, true),
          new Policies(
              PolicyLoss.probabilityMask(0.02, 0.2).withKl(Kl.K2, 0.002), true, false, true),
          new Policies(
              PolicyLoss.probabilityMaskTwoSided(0.1).withClip(0.02, 0.2), true, true, false),
          new Policies(
              PolicyLoss.shaped(0.1)
                  .withKl(Kl.K3_STRAIGHT, 0.01)
                  .withKlBound(LARGE_K3)
                  .withEntropy(0.001),
              true,
              false,
              true),
          new Policies(
              PolicyLoss.importanceWeighted().withKl(Kl.K3_CORRECTED, 0.01), true, false, true),
          new Policies(PolicyLoss.probabilityMaskScore(0.005, 0.02, 1.1), true, false, true),
          new Policies(PolicyLoss.divergenceMaskScore(0.75, 0.02, 1.1), true, false, true),
          new Policies(PolicyLoss.topr(), true, false, true),
          new Policies(PolicyLoss.cispoMasked(0.0505, 0.5), true, true, true));

  private static final List<Policies> ALL =
      Stream.of(CHOSEN.stream(), otherSurrogates(), otherEstimators())
          .flatMap(Function.identity())
          .toList();

  static final int COUNT = ALL.size();

  /** Tests new surrogates without specific parameters. */
  private static Stream<Policies> otherSurrogates() {
    return Stream.of(Surrogate.values())
        .filter(other -> CHOSEN.stream().noneMatch(each -> each.loss.surrogate() == other))
        .map(PolicyLoss::of)
        .map(loss -> loss.withClip(0.02, 0.2).withDualClip(3.0).withShape(0.5, 1.05))
        .map(loss -> new Policies(loss, true, false, true));
  }

  private static Stream<Policies> otherEstimators() {
    return Stream.of(Kl.values())
        .filter(other -> CHOSEN.stream().noneMatch(each -> each.loss.kl() == other))
        .map(other -> PolicyLoss.ppoClip(0.2, 0.28).withKl(other, 0.05).withKlBound(LARGE))
        .map(loss -> new Policies(loss, true, false, true));
  }

  static Policies number(int number) {
    return ALL.get(number % COUNT);
  }

  Policies withoutKl() {
    return new Policies(loss.withKl(Kl.NONE, 0.0), hasOld, hasRollout, hasWeight);
  }
}
