package org.leash.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
import org.leash.operation.TokenStatistics;

/**
 * Matrices of more than 2^31 elements, in sparse files: only pages accessed by kernels take memory,
 * those of the few rows that are far apart or unmasked.
 */
class LargeTest {
  /** The system property with which native code takes mapped files, here sparse ones. */
  private static final String MAPPED = "leash.mapped";

  @BeforeAll
  static void trustMappedFiles() {
    System.setProperty(MAPPED, "trusted");
  }

  @AfterAll
  static void distrustMappedFiles() {
    System.clearProperty(MAPPED);
  }

  @TempDir Path folder;

  static Stream<Subject> subjects() {
    return Subjects.all().stream();
  }

  @BeforeEach
  void requireCpu() {
    assumeTrue(Subjects.isCpu(), "a mapped file is memory of a CPU");
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void computesRowsFarApart(Subject subject) throws IOException {
    int rows = 5;
    int vocab = 5000;
    long stride = (1L << 29) + 3;
    for (DType dtype : List.of(DType.F32, DType.BF16)) {
      Problem problem =
          new Problem(
              Spec.of(dtype, rows, vocab, List.of(Distribution.NORMAL, Distribution.PEAKED)));
      try (Arena arena = Arena.ofShared()) {
        Matrix sparse = sparse(arena, rows, vocab, stride, dtype);
        Matrix dense = subject.device().matrix(rows, vocab, dtype);
        for (Matrix matrix : List.of(sparse, dense)) {
          for (int r = 0; r < rows; r++) {
            matrix.fillRow(r, row(problem, r));
          }
          gradientInPlace(subject, problem, matrix);
        }
        assertThat(sparse.toArray()).containsExactly(dense.toArray());
        assertThat(dense.toArray()).isNotEqualTo(problem.logits);
        dense.close();
      }
    }
    Tally.count(subject);
  }

  private static void gradientInPlace(Subject subject, Problem problem, Matrix logits) {
    Device device = subject.device();
    long rows = logits.rows();
    try (IntColumn targets = device.ints(rows);
        FloatColumn advantage = device.floats(rows)) {
      targets.copyFrom(problem.targets);
      advantage.copyFrom(problem.advantage);
      subject
          .kernel(Operation.POLICY_GRADIENT)
          .run(
              PolicyGradient.of(logits)
                  .policy(Policies.number(1).loss())
                  .targets(targets)
                  .advantage(advantage)
                  .inPlace());
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void computesLastRowOfManyMasked(Subject subject) throws IOException {
    int vocab = 32768;
    long rows = (1L << 31) / vocab + 3;
    int last = (int) rows - 1;
    Device device = subject.device();
    Problem problem = new Problem(Spec.of(DType.BF16, 1, vocab, List.of(Distribution.FEW_TOP)));
    try (Arena arena = Arena.ofShared();
        ByteColumn mask = device.bytes(rows);
        IntColumn targets = device.ints(rows);
        FloatColumn logprob = device.floats(rows);
        FloatColumn entropy = device.floats(rows)) {
      Matrix logits = sparse(arena, rows, vocab, vocab, DType.BF16);
      logits.fillRow(last, row(problem, 0));
      mask.set(last, (byte) 1);
      targets.set(last, vocab - 1);
      subject
          .kernel(Operation.TOKEN_STATISTICS)
          .run(
              TokenStatistics.of(logits)
                  .targets(targets)
                  .logprob(logprob)
                  .entropy(entropy)
                  .mask(mask));
      double expected = problem.row(0).logprob(vocab - 1);
      assertThat((double) logprob.get(last))
          .isCloseTo(expected, within(-Tolerances.F32 * expected));
      assertThat((double) entropy.get(last))
          .isCloseTo(problem.row(0).entropy(), within(Tolerances.F32));
      assertThat(entropy.get(last - 1)).isZero();
    }
    Tally.count(subject);
  }

  private static float[] row(Problem problem, int r) {
    int vocab = problem.spec.vocab();
    return Arrays.copyOfRange(problem.logits, r * vocab, (r + 1) * vocab);
  }

  /** A matrix of zeros that takes memory only when written. */
  private Matrix sparse(Arena arena, long rows, int vocab, long stride, DType dtype)
      throws IOException {
    long bytes = ((rows - 1) * stride + vocab) * dtype.bytes();
    Path file = folder.resolve(dtype + "-" + rows);
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.SPARSE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      channel.write(ByteBuffer.allocate(1), bytes - 1);
      return Matrix.wrap(
          channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena), rows, vocab, stride, dtype);
    }
  }
}
