package org.leash.benchmarks.tune;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.leash.device.DType;
import org.leash.kernel.panama.Choice;
import org.leash.operation.Operation;

/**
 * Entries of the table of choices from measured points. A point speaks for the vocabularies up to
 * the geometric means with its neighbours, and from half of the smallest to twice the largest that
 * was measured; likewise for rows, where the smallest count speaks for fewer and one of at least
 * {@value #MANY_ROWS} for any larger one. What was measured in bf16 holds for f16, which moves the
 * same bytes with the same number of instructions, and token_statistics for entropy, which is one
 * of its columns.
 */
final class Regions {
  /** So many that every multiprocessor has several, and more change nothing. */
  static final int MANY_ROWS = 1024;

  private static final long ANY_ROWS = 1L << 32;

  private Regions() {}

  private record Group(Operation<?> operation, DType dtype) {}

  /**
   * The entries, in the order of the table.
   *
   * @param computeCapability of the GPU that was measured
   */
  static List<Choice> of(List<Point> points, int computeCapability) {
    Map<Group, SortedMap<Integer, SortedMap<Integer, Point>>> groups = new LinkedHashMap<>();
    for (Point each : points) {
      groups
          .computeIfAbsent(new Group(each.operation(), each.dtype()), key -> new TreeMap<>())
          .computeIfAbsent(each.vocab(), key -> new TreeMap<>())
          .put(each.rows(), each);
    }
    List<Choice> choices = new ArrayList<>();
    groups.forEach(
        (group, byVocab) -> {
          List<Choice> entries = entries(group, byVocab, computeCapability);
          choices.addAll(entries);
          if (group.operation() == Operation.TOKEN_STATISTICS) {
            entries.forEach(each -> choices.add(ofEntropy(each)));
          }
        });
    return choices;
  }

  private static List<Choice> entries(
      Group group, SortedMap<Integer, SortedMap<Integer, Point>> byVocab, int computeCapability) {
    List<Choice> entries = new ArrayList<>();
    List<Integer> vocabularies = List.copyOf(byVocab.keySet());
    for (int i = 0; i < vocabularies.size(); i++) {
      int vocab = vocabularies.get(i);
      long from = i == 0 ? Math.ceilDiv(vocab, 2) : middle(vocabularies.get(i - 1), vocab) + 1;
      long to = i + 1 == vocabularies.size() ? 2L * vocab : middle(vocab, vocabularies.get(i + 1));
      List<Point> points = List.copyOf(byVocab.get(vocab).values());
      for (int j = 0; j < points.size(); j++) {
        Point point = points.get(j);
        long rows =
            j + 1 < points.size()
                ? middle(point.rows(), points.get(j + 1).rows())
                : point.rows() >= MANY_ROWS ? ANY_ROWS : 2L * point.rows();
        entries.add(
            new Choice(
                Optional.of(group.operation()),
                alike(group.dtype()),
                from,
                to,
                rows,
                computeCapability,
                computeCapability,
                point.variant(),
                point.cluster(),
                point.evidence()));
      }
    }
    return entries;
  }

  private static Set<DType> alike(DType dtype) {
    return dtype == DType.BF16 ? EnumSet.of(DType.BF16, DType.F16) : EnumSet.of(dtype);
  }

  private static Choice ofEntropy(Choice statistics) {
    return new Choice(
        Optional.of(Operation.ENTROPY),
        statistics.dtypes(),
        statistics.minVocab(),
        statistics.maxVocab(),
        statistics.maxRows(),
        statistics.minComputeCapability(),
        statistics.maxComputeCapability(),
        statistics.variant(),
        statistics.cluster(),
        "as token_statistics: " + statistics.evidence());
  }

  private static long middle(long a, long b) {
    return (long) Math.sqrt((double) a * b);
  }
}
