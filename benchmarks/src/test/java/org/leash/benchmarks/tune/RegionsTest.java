package org.leash.benchmarks.tune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.leash.device.DType;
import org.leash.kernel.panama.Choice;
import org.leash.operation.Operation;

final class RegionsTest {
  private static final Set<DType> HALVES = Set.of(DType.BF16, DType.F16);

  private static Point point(Operation<?> operation, DType dtype, int rows, int vocab) {
    return new Point(operation, dtype, rows, vocab, "native-resident", 4, rows + "x" + vocab);
  }

  private static Choice entry(
      Operation<?> operation, long from, long to, long rows, String evidence) {
    return new Choice(
        Optional.of(operation), HALVES, from, to, rows, 90, 90, "native-resident", 4, evidence);
  }

  @Test
  void pointsSpeakUpToTheMiddlesBetweenThem() {
    Operation<?> operation = Operation.POLICY_GRADIENT;
    List<Choice> entries =
        Regions.of(
            List.of(
                point(operation, DType.BF16, 4, 32000),
                point(operation, DType.BF16, 1024, 32000),
                point(operation, DType.BF16, 64, 128000),
                point(operation, DType.BF16, 16, 128000)),
            90);
    assertThat(entries)
        .containsExactly(
            entry(operation, 16000, 64000, 64, "4x32000"),
            entry(operation, 16000, 64000, 1L << 32, "1024x32000"),
            entry(operation, 64001, 256000, 32, "16x128000"),
            entry(operation, 64001, 256000, 128, "64x128000"));
  }

  @Test
  void operationsAndDtypesAreSeparateExceptThoseOfTheSameCode() {
    List<Choice> entries =
        Regions.of(
            List.of(
                point(Operation.TOKEN_STATISTICS, DType.BF16, 4, 100),
                point(Operation.TOKEN_STATISTICS, DType.F32, 4, 100)),
            100);
    assertThat(entries)
        .extracting(Choice::operation)
        .containsExactly(
            Optional.of(Operation.TOKEN_STATISTICS),
            Optional.of(Operation.ENTROPY),
            Optional.of(Operation.TOKEN_STATISTICS),
            Optional.of(Operation.ENTROPY));
    assertThat(entries)
        .extracting(Choice::dtypes)
        .containsExactly(HALVES, HALVES, Set.of(DType.F32), Set.of(DType.F32));
    assertThat(entries)
        .extracting(Choice::evidence)
        .startsWith("4x100", "as token_statistics: 4x100");
    assertThat(entries)
        .allMatch(each -> each.minComputeCapability() == 100 && each.maxComputeCapability() == 100);
  }

  @Test
  void everyShapeBetweenMeasuredOnesHasExactlyOneEntry() {
    List<Integer> vocabularies = List.of(32000, 128256, 262144);
    List<Choice> entries =
        Regions.of(
            vocabularies.stream()
                .map(vocab -> point(Operation.LOG_SOFTMAX, DType.F32, 2048, vocab))
                .toList(),
            90);
    for (long vocab = 16000; vocab <= 2 * 262144; vocab++) {
      long shape = vocab;
      assertThat(entries)
          .filteredOn(each -> each.minVocab() <= shape && shape <= each.maxVocab())
          .hasSize(1);
    }
  }
}
