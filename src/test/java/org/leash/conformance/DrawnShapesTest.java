package org.leash.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.leash.conformance.Spec.Temperatures;
import org.leash.conformance.Subjects.Subject;
import org.leash.device.DType;

/** Random shapes and options. */
class DrawnShapesTest {
  @Property(tries = 60)
  void agreesWithReference(@ForAll("specs") Spec spec) {
    Problem problem = new Problem(spec);
    for (Subject subject : Subjects.all()) {
      Judge.judge(subject, problem);
    }
  }

  /** A surrogate whose derivative is almost that of the KL term. */
  @Test
  void termsThatNearlyCancelAgree() {
    Problem problem =
        new Problem(
            Spec.of(DType.F32, 10, 978, List.of(Distribution.UNIFORM))
                .withSeed(478)
                .withTemperatures(Temperatures.ROWS)
                .withPolicy(11));
    assertThat(problem.gradLogprobTerms(1))
        .isGreaterThan(100.0 * Math.abs(problem.outcome(1).gradLogprob()));
    for (Subject subject : Subjects.all()) {
      Judge.judgeLoss(subject, problem);
    }
  }

  @Provide
  Arbitrary<Spec> specs() {
    boolean small = Subjects.areShapesSmall();
    Arbitrary<Integer> rows = Arbitraries.integers().between(0, small ? 4 : 40);
    Arbitrary<Integer> vocab = Arbitraries.integers().between(1, small ? 5000 : 9000);
    Arbitrary<List<Distribution>> distributions =
        Arbitraries.of(Distribution.class)
            .filter(distribution -> distribution.fits(DType.F16))
            .list()
            .ofMinSize(1)
            .ofMaxSize(3);
    Arbitrary<Spec> plain =
        Combinators.combine(
                Arbitraries.of(DType.class), rows, vocab, distributions, Arbitraries.longs())
            .as((dtype, n, v, kinds, seed) -> Spec.of(dtype, n, v, kinds).withSeed(seed));
    return Combinators.combine(
            plain,
            Arbitraries.integers().between(0, 100),
            Arbitraries.of(Temperatures.class),
            Arbitraries.of(true, false),
            Arbitraries.of(true, false),
            Arbitraries.integers().between(0, Policies.COUNT - 1))
        .as(
            (spec, padding, temperatures, masked, stray, policy) -> {
              Spec drawn =
                  spec.withPadding(padding).withTemperatures(temperatures).withPolicy(policy);
              drawn = masked ? drawn.withMask() : drawn;
              return stray ? drawn.withStrayTargets() : drawn;
            });
  }
}
