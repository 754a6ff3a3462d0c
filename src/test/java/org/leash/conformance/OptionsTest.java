package org.leash.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.leash.TargetOutOfRangeException;
import org.leash.conformance.Subjects.Subject;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.device.StatisticsColumn;
import org.leash.loss.PolicyLoss;
import org.leash.operation.LogSoftmax;
import org.leash.operation.LogitsGradient;
import org.leash.operation.Operation;
import org.leash.operation.PolicyGradient;
import org.leash.operation.TokenStatistics;

/** Optional arguments, and a few absolute values. */
class OptionsTest {
  private static final int ROWS = 6;
  private static final int VOCAB = 5003;

  /** For variants with a smaller maximum vocab. */
  private static final int SHORT_VOCAB = 2003;

  static Stream<Subject> subjects() {
    return Subjects.all().stream();
  }

  /** Logits 0, log 2, log 4; values by hand. */
  @ParameterizedTest
  @MethodSource("subjects")
  void matchesAbsoluteValues(Subject subject) {
    assumeTrue(has(subject, Operation.POLICY_GRADIENT), "the variant lacks the operation");
    Device device = subject.device();
    float[] logits = {0.0f, (float) Math.log(2.0), (float) Math.log(4.0)};
    try (Matrix matrix = device.matrix(1, 3, DType.F32);
        IntColumn target = device.ints(1);
        FloatColumn advantage = device.floats(1);
        FloatColumn loss = device.floats(1);
        FloatColumn entropy = device.floats(1);
        FloatColumn logprob = device.floats(1)) {
      matrix.copyFrom(logits);
      target.copyFrom(new int[] {1});
      advantage.copyFrom(new float[] {2.0f});
      subject
          .kernel(Operation.POLICY_GRADIENT)
          .run(
              PolicyGradient.of(matrix)
                  .policy(PolicyLoss.ppoClip(0.2, 0.2))
                  .targets(target)
                  .advantage(advantage)
                  .loss(loss)
                  .logprob(logprob)
                  .entropy(entropy)
                  .inPlace());
      assertThat(loss.toArray()[0]).as("at ratio 1 the loss is -A").isEqualTo(-2.0f);
      assertThat(logprob.toArray()[0]).isEqualTo((float) Math.log(2.0 / 7.0), within(1e-6f));
      assertThat(entropy.toArray()[0])
          .isEqualTo((float) (Math.log(7.0) - 10.0 / 7.0 * Math.log(2.0)), within(1e-6f));
      assertThat(matrix.toArray())
          .containsExactly(new float[] {2.0f / 7.0f, -10.0f / 7.0f, 8.0f / 7.0f}, within(1e-6f));
    }
    Tally.count(subject);
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void statisticsAreOptional(Subject subject) {
    assumeTrue(has(subject, Operation.TOKEN_STATISTICS), "the variant lacks the operation");
    Problem problem = problem(subject);
    Device device = subject.device();
    try (Trial trial = new Trial(subject, problem);
        Matrix logits = device.matrix(ROWS, problem.spec.vocab(), DType.F32);
        IntColumn targets = device.ints(ROWS);
        FloatColumn out = device.floats(ROWS);
        StatisticsColumn statistics = device.statistics(ROWS)) {
      logits.copyFrom(problem.logits);
      targets.copyFrom(problem.targets);
      Trial.Tokens all = trial.tokenStatistics(false);
      var token = subject.kernel(Operation.TOKEN_STATISTICS);
      token.run(TokenStatistics.of(logits).targets(targets).logprob(out));
      assertThat(out.toArray()).containsExactly(all.logprob());
      token.run(TokenStatistics.of(logits).entropy(out));
      assertThat(out.toArray()).containsExactly(all.entropy());
      token.run(TokenStatistics.of(logits).lse(out));
      assertThat(out.toArray()).containsExactly(all.lse());
      token.run(TokenStatistics.of(logits).statistics(statistics));
      assertThat(statistics.toArray()).containsExactly(all.statistics());
      token.run(TokenStatistics.of(logits).collision(out));
      assertThat(out.toArray()).containsExactly(trial.tokenStatistics(true).collision());
    }
    Tally.count(subject);
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void lossOutputsAreOptional(Subject subject) {
    assumeTrue(has(subject, Operation.POLICY_GRADIENT), "the variant lacks the operation");
    Problem problem = problem(subject);
    Device device = subject.device();
    try (Trial trial = new Trial(subject, problem);
        Matrix logits = device.matrix(ROWS, problem.spec.vocab(), DType.F32);
        IntColumn targets = device.ints(ROWS);
        FloatColumn advantage = device.floats(ROWS);
        FloatColumn out = device.floats(ROWS)) {
      logits.copyFrom(problem.logits);
      targets.copyFrom(problem.targets);
      advantage.copyFrom(problem.advantage);
      Trial.Policy policy = trial.policyGradient(true);
      PolicyGradient forward =
          PolicyGradient.of(logits)
              .policy(problem.policy.loss())
              .targets(targets)
              .advantage(advantage);
      var policyGradient = subject.kernel(Operation.POLICY_GRADIENT);
      policyGradient.run(forward.loss(out));
      assertThat(out.toArray()).containsExactly(policy.loss());
      policyGradient.run(forward.loss(null).entropy(out));
      assertThat(out.toArray()).containsExactly(policy.entropy());
      assertThat(logits.toArray()).as("a forward pass").containsExactly(problem.logits);
      policyGradient.run(forward.entropy(null).inPlace());
      assertThat(logits.toArray()).containsExactly(policy.gradient());
    }
    Tally.count(subject);
  }

  /** Each of the three gradients by itself; without that of logprob, targets are not read. */
  @ParameterizedTest
  @MethodSource("subjects")
  void gradientsAreOptional(Subject subject) {
    assumeTrue(has(subject, Operation.LOGITS_GRADIENT), "the variant lacks the operation");
    Problem problem = problem(subject);
    int vocab = problem.spec.vocab();
    Device device = subject.device();
    try (Matrix logits = device.matrix(ROWS, vocab, DType.F32);
        Matrix gradient = device.matrix(ROWS, vocab, DType.F32);
        IntColumn targets = device.ints(ROWS);
        FloatColumn ones = device.floats(ROWS);
        StatisticsColumn statistics = device.statistics(ROWS)) {
      logits.copyFrom(problem.logits);
      targets.copyFrom(problem.targets);
      float[] one = new float[ROWS];
      Arrays.fill(one, 1.0f);
      ones.copyFrom(one);
      statistics.copyFrom(problem.statistics);
      var kernel = subject.kernel(Operation.LOGITS_GRADIENT);
      LogitsGradient arguments =
          LogitsGradient.of(logits).statistics(statistics).gradient(gradient);

      kernel.run(arguments.targets(targets).gradLogprob(ones));
      assertGradient(problem, gradient, 1.0, 0.0, 0.0);
      targets.copyFrom(new int[] {-1, vocab, -7, 0, 1, 2});
      kernel.run(arguments.gradLogprob(null).gradEntropy(ones));
      assertGradient(problem, gradient, 0.0, 1.0, 0.0);
      kernel.run(arguments.targets(null).gradEntropy(null).gradLse(ones));
      assertGradient(problem, gradient, 0.0, 0.0, 1.0);
      kernel.run(arguments.gradLse(null));
      assertThat(gradient.toArray()).containsOnly(0.0f);
    }
    Tally.count(subject);
  }

  private static void assertGradient(
      Problem problem, Matrix gradient, double logprob, double entropy, double lse) {
    float[] actual = gradient.toArray();
    for (int r = 0; r < ROWS; r++) {
      double[] expected = problem.row(r).gradient(problem.targets[r], logprob, entropy, lse);
      double largest = DoubleStream.of(expected).map(Math::abs).max().orElseThrow();
      assertThat(largest).isPositive();
      for (int j = 0; j < problem.spec.vocab(); j++) {
        assertThat((double) actual[r * problem.spec.vocab() + j])
            .isCloseTo(expected[j], within(Tolerances.F32 * largest));
      }
    }
  }

  /** A call that reports targets out of range is complete, and the kernel remains usable. */
  @ParameterizedTest
  @MethodSource("subjects")
  void reportsTargetsOutOfRangeOnEveryCall(Subject subject) {
    assumeTrue(has(subject, Operation.TOKEN_STATISTICS), "the variant lacks the operation");
    Device device = subject.device();
    try (Matrix logits = device.matrix(3, 10, DType.F32);
        IntColumn targets = device.ints(3);
        FloatColumn logprob = device.floats(3)) {
      var kernel = subject.kernel(Operation.TOKEN_STATISTICS);
      TokenStatistics arguments = TokenStatistics.of(logits).targets(targets).logprob(logprob);
      for (int i = 0; i < 3; i++) {
        targets.copyFrom(new int[] {3, 10, -5});
        assertThatThrownBy(
                () -> {
                  kernel.run(arguments);
                  device.synchronize();
                })
            .isInstanceOf(TargetOutOfRangeException.class)
            .hasMessageContaining("target[1] = 10");
        assertThat(logprob.toArray()[0]).isEqualTo((float) -Math.log(10.0));
        assertThat(logprob.toArray()[1]).isNaN();
        targets.copyFrom(new int[] {3, 9, 0});
        kernel.run(arguments);
        assertThat(logprob.toArray()).containsOnly((float) -Math.log(10.0));
      }
    }
    Tally.count(subject);
  }

  /** Java variants accept Java arrays, with the same results as off-heap memory. */
  @ParameterizedTest
  @MethodSource("subjects")
  void acceptsJavaArrays(Subject subject) {
    assumeTrue(subject.name().startsWith("java-"), "native variants refuse Java arrays");
    for (DType dtype : DType.values()) {
      Problem problem = new Problem(Spec.of(dtype, ROWS, VOCAB, List.of(Distribution.NORMAL)));
      Object array = dtype == DType.F32 ? new float[ROWS * VOCAB] : new short[ROWS * VOCAB];
      MemorySegment memory =
          array instanceof float[] floats
              ? MemorySegment.ofArray(floats)
              : MemorySegment.ofArray((short[]) array);
      Matrix onHeap = Matrix.wrap(memory, ROWS, VOCAB, VOCAB, dtype);
      onHeap.copyFrom(problem.logits);
      subject.kernel(Operation.LOG_SOFTMAX).run(LogSoftmax.of(onHeap).inPlace());
      try (Trial trial = new Trial(subject, problem)) {
        assertThat(onHeap.toArray()).containsExactly(trial.logSoftmax(false));
      }
    }
    Tally.count(subject);
  }

  private static boolean has(Subject subject, Operation<?> operation) {
    return subject.takes(operation, DType.F32, 1);
  }

  private static Problem problem(Subject subject) {
    int vocab = subject.takes(Operation.POLICY_GRADIENT, DType.F32, VOCAB) ? VOCAB : SHORT_VOCAB;
    return new Problem(
        Spec.of(
                DType.F32,
                ROWS,
                vocab,
                List.of(Distribution.NORMAL, Distribution.PEAKED, Distribution.BLOCKS_OF_20))
            .withPolicy(1));
  }
}
