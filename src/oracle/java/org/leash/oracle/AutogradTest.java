package org.leash.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.leash.oracle.PolicyRows.narrow;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Variant;
import org.leash.loss.Kl;
import org.leash.loss.PolicyLoss;
import org.leash.loss.Rollout;
import org.leash.loss.Surrogate;
import org.leash.operation.Operation;
import org.leash.operation.PolicyGradient;
import org.leash.operation.TokenStatistics;
import org.leash.reference.PolicyReference;
import org.leash.reference.PolicyReference.Outcome;
import org.leash.reference.RowReference;
import org.leash.reference.RowReference.Row;

/**
 * Reference and kernels against PyTorch's autograd in f64, which knows nothing of the formulas of
 * either. The reference agrees to 1e-12. Kernels, in f32, agree to 1e-5: of a value, or of 1 where
 * it is smaller; of a row's largest gradient.
 */
@Tag("oracle")
class AutogradTest {
  private static final int ROWS = 24;
  private static final double BOUND = 0.9;

  record Problem(int vocab, float temperature, PolicyLoss policy) {}

  /** One of each surrogate, with bounds that the rows cross. */
  private static final List<PolicyLoss> SURROGATES =
      List.of(
          PolicyLoss.ppoClip(0.2, 0.28).withDualClip(1.5).withRolloutCap(1.5),
          PolicyLoss.reinforce().withRolloutMask(0.8, 1.2),
          PolicyLoss.cispo(0.1, 0.2),
          PolicyLoss.sapo(1.0, 1.05).withRollout(Rollout.TRUNCATE, 0.9, 1.2),
          PolicyLoss.probabilityMask(0.01, 0.01).withEntropy(0.01),
          PolicyLoss.probabilityMaskTwoSided(0.01),
          PolicyLoss.probabilityMaskScore(0.01, 0.01, 1.3),
          PolicyLoss.divergenceMaskScore(0.002, 0.002, 1.3).withRolloutCap(1.5),
          PolicyLoss.topr(),
          PolicyLoss.cispoMasked(0.1, 0.2).withRolloutCap(1.5),
          PolicyLoss.shaped(0.1).withEntropy(-0.2));

  /**
   * Every surrogate with every estimator of the KL, bounded so that some rows are beyond, and with
   * a coefficient as small as in practice: where surrogate and KL term all but cancel, no f32
   * logprob is good enough for a gradient to 1e-5. Of the large vocabulary, each of them once.
   */
  static Stream<Problem> problems() {
    List<PolicyLoss> more =
        List.of(
            PolicyLoss.ppoClip(0.2, 0.2),
            PolicyLoss.ppoClip(0.2, 0.28).withTwoSidedClip(1.5).withEntropy(0.5),
            PolicyLoss.importanceWeighted(),
            PolicyLoss.cispoCapped(1.2));
    List<Kl> estimators = List.of(Kl.values());
    return Stream.concat(
        IntStream.range(0, estimators.size())
            .mapToObj(i -> withKl(SURROGATES.get(i % SURROGATES.size()), estimators.get(i)))
            .map(policy -> new Problem(32000, 1.25f, policy)),
        Stream.concat(
                SURROGATES.stream()
                    .flatMap(policy -> estimators.stream().map(kl -> withKl(policy, kl))),
                more.stream())
            .flatMap(
                policy ->
                    Stream.of(new Problem(7, 1.0f, policy), new Problem(1000, 0.75f, policy))));
  }

  private static PolicyLoss withKl(PolicyLoss policy, Kl estimator) {
    return policy.withKl(estimator, estimator == Kl.NONE ? 0.0 : 0.05).withKlBound(BOUND);
  }

  @Test
  void nothingIsLeftOut() {
    assertThat(SURROGATES.stream().map(PolicyLoss::surrogate)).containsExactly(Surrogate.values());
    int flags = 0;
    for (PolicyLoss policy : SURROGATES) {
      PolicyRows rows = rows(new Problem(7, 1.0f, policy));
      for (int r = 0; r < ROWS; r++) {
        flags |= outcome(rows, policy, r).clipFlags();
      }
    }
    assertThat(flags)
        .isEqualTo(
            PolicyLoss.CLIPPED_LOW
                | PolicyLoss.CLIPPED_HIGH
                | PolicyLoss.CLIPPED_DUAL
                | PolicyLoss.CLIPPED_ROLLOUT);
  }

  @ParameterizedTest
  @MethodSource("problems")
  void reference(Problem problem) {
    PolicyRows rows = rows(problem);
    Autograd torch = new Autograd(rows, problem.policy);
    for (int r = 0; r < ROWS; r++) {
      Row row = RowReference.of(rows.row(r), rows.temperature);
      Outcome outcome = outcome(rows, problem.policy, r);
      assertThat(row.logprob(rows.targets[r])).isCloseTo(torch.logprob[r], within(1e-12));
      assertThat(row.entropy()).isCloseTo(torch.entropy[r], within(1e-12));
      assertThat(row.lse()).isCloseTo(torch.lse[r], within(1e-12));
      assertThat(row.collision()).isCloseTo(torch.collision[r], within(1e-12));
      assertThat(outcome.loss()).isCloseTo(torch.loss[r], within(1e-12));
      double[] gradient =
          row.gradient(rows.targets[r], outcome.gradLogprob(), outcome.gradEntropy(), 0.0);
      for (int j = 0; j < problem.vocab; j++) {
        assertThat(gradient[j]).isCloseTo(torch.gradient[r * problem.vocab + j], within(1e-12));
      }
    }
  }

  private static Outcome outcome(PolicyRows rows, PolicyLoss policy, int r) {
    Row row = RowReference.of(rows.row(r), rows.temperature);
    return PolicyReference.evaluate(
        policy,
        row.logprob(rows.targets[r]),
        row.entropy(),
        rows.advantage[r],
        rows.oldLogprob[r],
        rows.referenceLogprob[r],
        OptionalDouble.of(rows.rolloutLogprob[r]),
        rows.weight[r]);
  }

  @ParameterizedTest
  @MethodSource("problems")
  void kernels(Problem problem) {
    PolicyRows rows = rows(problem);
    Autograd torch = new Autograd(rows, problem.policy);
    try (Device device = Device.cpu()) {
      Catalogue catalogue = Catalogue.of(device);
      List<String> variants =
          catalogue.variants().stream()
              .filter(Variant::available)
              .map(Variant::name)
              .distinct()
              .toList();
      assertThat(variants).contains("java-scalar");
      for (String variant : variants) {
        compare(device, catalogue, variant, problem, rows, torch);
      }
    }
  }

  private static void compare(
      Device device,
      Catalogue catalogue,
      String variant,
      Problem problem,
      PolicyRows rows,
      Autograd torch) {
    Matrix logits = device.matrix(ROWS, problem.vocab, DType.F32);
    logits.copyFrom(narrow(rows.logits));
    IntColumn targets = device.ints(ROWS);
    targets.copyFrom(rows.targets);
    FloatColumn logprob = device.floats(ROWS);
    FloatColumn entropy = device.floats(ROWS);
    FloatColumn lse = device.floats(ROWS);
    FloatColumn collision = device.floats(ROWS);
    FloatColumn loss = device.floats(ROWS);
    TokenStatistics statistics =
        TokenStatistics.of(logits)
            .targets(targets)
            .logprob(logprob)
            .entropy(entropy)
            .lse(lse)
            .collision(collision)
            .temperature(rows.temperature);
    catalogue.kernel(Operation.TOKEN_STATISTICS, variant).run(statistics);
    PolicyGradient gradient =
        PolicyGradient.of(logits)
            .policy(problem.policy)
            .targets(targets)
            .advantage(column(device, rows.advantage))
            .oldLogprob(column(device, rows.oldLogprob))
            .referenceLogprob(column(device, rows.referenceLogprob))
            .rolloutLogprob(column(device, rows.rolloutLogprob))
            .weight(column(device, rows.weight))
            .loss(loss)
            .temperature(rows.temperature)
            .inPlace();
    catalogue.kernel(Operation.POLICY_GRADIENT, variant).run(gradient);

    assertClose(variant + " logprob", logprob.toArray(), torch.logprob);
    assertClose(variant + " entropy", entropy.toArray(), torch.entropy);
    assertClose(variant + " lse", lse.toArray(), torch.lse);
    assertClose(variant + " collision", collision.toArray(), torch.collision);
    assertClose(variant + " loss", loss.toArray(), torch.loss);
    float[] actual = logits.toArray();
    for (int r = 0; r < ROWS; r++) {
      int from = r * problem.vocab;
      double[] expected = Arrays.copyOfRange(torch.gradient, from, from + problem.vocab);
      double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
      for (int j = 0; j < problem.vocab; j++) {
        assertThat((double) actual[from + j])
            .as("%s gradient [%d][%d]", variant, r, j)
            .isCloseTo(expected[j], within(1e-5 * largest));
      }
    }
  }

  private static void assertClose(String name, float[] actual, double[] expected) {
    for (int r = 0; r < ROWS; r++) {
      assertThat((double) actual[r])
          .as("%s [%d]", name, r)
          .isCloseTo(expected[r], within(1e-5 * Math.max(1.0, Math.abs(expected[r]))));
    }
  }

  private static FloatColumn column(Device device, double[] values) {
    FloatColumn column = device.floats(ROWS);
    column.copyFrom(narrow(values));
    return column;
  }

  private static PolicyRows rows(Problem problem) {
    return new PolicyRows(ROWS, problem.vocab, problem.temperature, 40L + problem.vocab);
  }
}
