package org.leash.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.leash.conformance.Subjects.Subject;
import org.leash.device.ByteColumn;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.operation.Operation;
import org.leash.operation.PolicyGradient;

/**
 * Results are bitwise independent of a row's position, its surroundings, the number of threads, and
 * repetition.
 *
 * <p>policy_gradient with its gradient has all parts of the other operations: sums, scalars, and an
 * output matrix. Variants without it are not tested here.
 */
class InvarianceTest {
  private static final Device HOST = Device.cpu(1);

  /**
   * Single rows, divided among threads, many rows, distributed among threads, and lengths around
   * the pieces of rows.
   */
  private static final List<Integer> VOCABULARIES =
      Subjects.areShapesSmall()
          ? List.of(1, 7, 1000, 4097)
          : List.of(1, 7, 1000, 4097, 16385, 50257, 151936);

  static Stream<Arguments> subjectsTypesAndLengths() {
    return Subjects.all().stream()
        .flatMap(
            subject ->
                Arrays.stream(DType.values())
                    .flatMap(
                        dtype ->
                            VOCABULARIES.stream()
                                .filter(
                                    vocab -> subject.takes(Operation.POLICY_GRADIENT, dtype, vocab))
                                .map(vocab -> Arguments.of(subject, dtype, vocab))));
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("subjectsTypesAndLengths")
  void isInvariantToPositionRowsAndMask(Subject subject, DType dtype, int vocab) {
    try (Drawn drawn = drawn(dtype, 9, vocab)) {
      Result all = run(subject, drawn, 0, 9, 0, false);
      for (int row = 0; row < 9; row++) {
        Result alone = run(subject, drawn, row, 1, 0, false);
        assertSameRow(alone, 0, all, row);
      }
      Result elsewhere = run(subject, drawn, 0, 9, 3, false);
      Result besideMasked = run(subject, drawn, 0, 9, 0, true);
      for (int row = 0; row < 9; row++) {
        assertSameRow(elsewhere, row, all, row);
        if (row % 2 == 0) {
          assertSameRow(besideMasked, row, all, row);
        }
      }
    }
    Tally.count(subject);
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("subjectsTypesAndLengths")
  void isInvariantToThreads(Subject subject, DType dtype, int vocab) {
    assumeTrue(Subjects.isCpu(), "threads are a CPU's");
    for (int rows : new int[] {1, 9}) {
      try (Drawn drawn = drawn(dtype, rows, vocab)) {
        Result expected = run(subject, drawn, 0, rows, 0, false);
        for (int threads : new int[] {1, 3}) {
          try (Device device = Device.cpu(threads)) {
            Subject same =
                Subjects.on(device).stream()
                    .filter(other -> other.name().equals(subject.name()))
                    .findFirst()
                    .orElseThrow();
            Result actual = run(same, drawn, 0, rows, 0, false);
            for (int row = 0; row < rows; row++) {
              assertSameRow(actual, row, expected, row);
            }
          }
        }
      }
    }
    Tally.count(subject);
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("subjectsTypesAndLengths")
  void isRepeatable(Subject subject, DType dtype, int vocab) {
    try (Drawn drawn = drawn(dtype, 3, vocab)) {
      Result first = run(subject, drawn, 0, 3, 0, false);
      int repetitions = vocab > 10_000 || Subjects.areShapesSmall() ? 5 : 20;
      for (int i = 0; i < repetitions; i++) {
        Result again = run(subject, drawn, 0, 3, 0, false);
        for (int row = 0; row < 3; row++) {
          assertSameRow(again, row, first, row);
        }
      }
    }
    Tally.count(subject);
  }

  /** A problem with its logits as a kernel reads them, in memory of the host. */
  private record Drawn(Problem problem, Matrix logits) implements AutoCloseable {
    @Override
    public void close() {
      logits.close();
    }
  }

  private static Drawn drawn(DType dtype, int rows, int vocab) {
    Problem problem =
        new Problem(
            Spec.of(
                dtype,
                rows,
                vocab,
                List.of(
                    Distribution.NORMAL,
                    Distribution.FEW_TOP,
                    Distribution.BLOCKS_OF_20,
                    Distribution.PEAKED)));
    Matrix logits = HOST.matrix(rows, vocab, dtype);
    for (int row = 0; row < rows; row++) {
      logits.fillRow(row, Arrays.copyOfRange(problem.logits, row * vocab, (row + 1) * vocab));
    }
    return new Drawn(problem, logits);
  }

  /** The outputs, without padding; scalars row by row: loss, logprob, entropy. */
  private static final class Result {
    final int vocab;
    final float[] gradient;
    final float[] scalars;

    Result(int vocab, float[] gradient, float[] scalars) {
      this.vocab = vocab;
      this.gradient = gradient;
      this.scalars = scalars;
    }
  }

  private static Result run(
      Subject subject, Drawn drawn, int firstRow, int rows, int padding, boolean masked) {
    Problem problem = drawn.problem;
    int vocab = problem.spec.vocab();
    Device device = subject.device();
    try (Matrix logits = device.matrix(rows, vocab, (long) vocab + padding, problem.spec.dtype());
        Matrix gradient = device.matrix(rows, vocab, problem.spec.dtype());
        IntColumn targets = device.ints(rows);
        FloatColumn advantage = device.floats(rows);
        FloatColumn old = device.floats(rows);
        FloatColumn reference = device.floats(rows);
        FloatColumn loss = device.floats(rows);
        FloatColumn logprob = device.floats(rows);
        FloatColumn entropy = device.floats(rows);
        ByteColumn mask = device.bytes(rows)) {
      byte[] unmasked = new byte[rows];
      for (int r = 0; r < rows; r++) {
        int row = firstRow + r;
        device.copy(row(drawn.logits, row), row(logits, r));
        unmasked[r] = (byte) (masked && r % 2 == 1 ? 0 : 1);
      }
      int end = firstRow + rows;
      targets.copyFrom(Arrays.copyOfRange(problem.targets, firstRow, end));
      advantage.copyFrom(Arrays.copyOfRange(problem.advantage, firstRow, end));
      old.copyFrom(Arrays.copyOfRange(problem.oldLogprob, firstRow, end));
      reference.copyFrom(Arrays.copyOfRange(problem.referenceLogprob, firstRow, end));
      mask.copyFrom(unmasked);
      subject
          .kernel(Operation.POLICY_GRADIENT)
          .run(
              PolicyGradient.of(logits)
                  .policy(problem.policy.loss())
                  .targets(targets)
                  .advantage(advantage)
                  .oldLogprob(old)
                  .referenceLogprob(reference)
                  .loss(loss)
                  .logprob(logprob)
                  .entropy(entropy)
                  .gradient(gradient)
                  .mask(mask));
      device.synchronize();
      float[] scalars = new float[3 * rows];
      int column = 0;
      for (FloatColumn values : List.of(loss, logprob, entropy)) {
        float[] ofRows = values.toArray();
        for (int r = 0; r < rows; r++) {
          scalars[3 * r + column] = ofRows[r];
        }
        column++;
      }
      return new Result(vocab, gradient.toArray(), scalars);
    }
  }

  private static Matrix row(Matrix matrix, int row) {
    return matrix.slice(row * matrix.rowStride(), 1, matrix.vocab(), matrix.vocab());
  }

  private static void assertSameRow(Result actual, int row, Result expected, int expectedRow) {
    assertThat(Arrays.copyOfRange(actual.scalars, 3 * row, 3 * row + 3))
        .containsExactly(
            Arrays.copyOfRange(expected.scalars, 3 * expectedRow, 3 * expectedRow + 3));
    int vocab = expected.vocab;
    int different =
        Arrays.mismatch(
            actual.gradient,
            row * vocab,
            (row + 1) * vocab,
            expected.gradient,
            expectedRow * vocab,
            (expectedRow + 1) * vocab);
    assertThat(different).as("column whose gradient differs").isEqualTo(-1);
    if (vocab > 1) {
      assertThat(anyNonZero(actual.gradient, row * vocab, (row + 1) * vocab))
          .as("a gradient that is not all 0")
          .isTrue();
    }
  }

  private static boolean anyNonZero(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      if (values[i] != 0.0f) {
        return true;
      }
    }
    return false;
  }
}
