package org.leash.benchmarks.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.leash.benchmarks.csv.Key;

/**
 * Pairs contenders. The columns that describe the work and its timing must be equal. A few others
 * may differ if the partner is unambiguous; the pair then names them, for a warning.
 */
public final class Pairing {
  /** Columns that may differ in a pair. */
  private static final List<String> LENIENT =
      List.of("suite", "impl", "inplace", "dtype_acc", "input_seed", "device");

  /** Columns that necessarily change with an axis. */
  private static final Map<String, List<String>> FOLLOWERS =
      Map.of(
          "variant", List.of("impl"),
          "dtype_in", List.of("dtype_acc", "dtype_out"),
          "impl", List.of("variant"),
          "op", List.of("contract"));

  private final List<String> strict;
  private final List<String> lenient;

  private Pairing(List<String> free, List<String> allowed) {
    this.strict =
        Key.COLUMNS.stream()
            .filter(column -> !column.equals("role"))
            .filter(
                column ->
                    !LENIENT.contains(column)
                        && !free.contains(column)
                        && !allowed.contains(column))
            .toList();
    this.lenient =
        LENIENT.stream()
            .filter(column -> !free.contains(column) && !allowed.contains(column))
            .toList();
  }

  /**
   * Pairs each contender of a run with the same one of another run; leaves out twins.
   *
   * @param allowed columns that may differ without a warning
   */
  public static List<Pair> ofRuns(
      List<RecordedContender> base, List<RecordedContender> candidate, List<String> allowed) {
    Pairing pairing = new Pairing(List.of(), allowed);
    Map<List<String>, List<RecordedContender>> bases = pairing.groups(base);
    Map<List<String>, List<RecordedContender>> candidates = pairing.groups(candidate);
    List<Pair> pairs = new ArrayList<>();
    Stream.concat(bases.keySet().stream(), candidates.keySet().stream())
        .distinct()
        .forEach(
            group ->
                pairs.addAll(
                    pairing.meet(
                        bases.getOrDefault(group, List.of()),
                        candidates.getOrDefault(group, List.of()))));
    return pairs;
  }

  /**
   * Pairs each contender of a run, or of a selection, with the one that has the base's value on an
   * axis and differs in nothing else; leaves out twins. A base without partner becomes a pair
   * without candidate.
   */
  public static List<Pair> along(
      String axis, String baseValue, List<RecordedContender> contenders, List<String> allowed) {
    Filter.requireColumn(axis);
    List<String> free =
        Stream.concat(Stream.of(axis), FOLLOWERS.getOrDefault(axis, List.of()).stream()).toList();
    Pairing pairing = new Pairing(free, allowed);
    List<Pair> pairs = new ArrayList<>();
    for (List<RecordedContender> group : pairing.groups(contenders).values()) {
      List<RecordedContender> bases =
          group.stream().filter(each -> each.key().get(axis).equals(baseValue)).toList();
      if (bases.size() == group.size()) {
        bases.forEach(base -> pairs.add(new Pair(Optional.of(base), Optional.empty(), List.of())));
      }
      for (RecordedContender candidate : group) {
        if (!bases.contains(candidate)) {
          pairs.add(pairing.nearest(bases, candidate));
        }
      }
    }
    return pairs;
  }

  private Map<List<String>, List<RecordedContender>> groups(List<RecordedContender> contenders) {
    return contenders.stream()
        .filter(each -> !each.isTwin())
        .collect(
            Collectors.groupingBy(
                each -> strict.stream().map(each.key()::get).toList(),
                LinkedHashMap::new,
                Collectors.toList()));
  }

  /** Pairs equal contenders first, then a single one left on either side. */
  private List<Pair> meet(List<RecordedContender> bases, List<RecordedContender> candidates) {
    List<RecordedContender> left = new ArrayList<>(candidates);
    List<RecordedContender> alone = new ArrayList<>();
    List<Pair> pairs = new ArrayList<>();
    for (RecordedContender base : bases) {
      Optional<RecordedContender> equal =
          left.stream().filter(each -> differences(base, each).isEmpty()).findFirst();
      equal.ifPresentOrElse(
          candidate -> {
            left.remove(candidate);
            pairs.add(new Pair(Optional.of(base), equal, List.of()));
          },
          () -> alone.add(base));
    }
    if (alone.size() == 1 && left.size() == 1) {
      pairs.add(pair(alone.getFirst(), left.getFirst()));
      return pairs;
    }
    alone.forEach(base -> pairs.add(new Pair(Optional.of(base), Optional.empty(), List.of())));
    left.forEach(each -> pairs.add(new Pair(Optional.empty(), Optional.of(each), List.of())));
    return pairs;
  }

  private Pair nearest(List<RecordedContender> bases, RecordedContender candidate) {
    return bases.stream()
        .min(Comparator.comparingInt(base -> differences(base, candidate).size()))
        .map(base -> pair(base, candidate))
        .orElseGet(() -> new Pair(Optional.empty(), Optional.of(candidate), List.of()));
  }

  private Pair pair(RecordedContender base, RecordedContender candidate) {
    return new Pair(Optional.of(base), Optional.of(candidate), differences(base, candidate));
  }

  private List<String> differences(RecordedContender base, RecordedContender candidate) {
    return lenient.stream()
        .filter(column -> !base.key().get(column).equals(candidate.key().get(column)))
        .toList();
  }
}
