package org.leash.benchmarks.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.leash.benchmarks.csv.Key;

/**
 * Who is set against whom. Contenders meet only where every column agrees that says what work was
 * done and how it was timed. A few columns say less; where those differ the two still meet, if
 * there is no doubt whom to take, and the pair names the columns so that the reader is warned.
 */
public final class Pairing {
  /** Differences in these do not keep contenders apart. */
  private static final List<String> LENIENT =
      List.of("suite", "impl", "inplace", "dtype_acc", "input_seed", "device");

  /** What changes with an axis by its nature. */
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
   * Every contender of two runs with the same one of the other run; twins stay out.
   *
   * @param allowed columns that may differ without a warning
   */
  public static List<Pair> ofRuns(
      List<Contestant> base, List<Contestant> candidate, List<String> allowed) {
    Pairing pairing = new Pairing(List.of(), allowed);
    Map<List<String>, List<Contestant>> bases = pairing.groups(base);
    Map<List<String>, List<Contestant>> candidates = pairing.groups(candidate);
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
   * Inside one run, or one selection of it, every contender with the one that differs from it along
   * an axis and has the base's value there; twins stay out. A base that nobody meets gives a pair
   * without a candidate.
   */
  public static List<Pair> along(
      String axis, String baseValue, List<Contestant> contestants, List<String> allowed) {
    Filter.requireColumn(axis);
    List<String> free =
        Stream.concat(Stream.of(axis), FOLLOWERS.getOrDefault(axis, List.of()).stream()).toList();
    Pairing pairing = new Pairing(free, allowed);
    List<Pair> pairs = new ArrayList<>();
    for (List<Contestant> group : pairing.groups(contestants).values()) {
      List<Contestant> bases =
          group.stream().filter(each -> each.key().get(axis).equals(baseValue)).toList();
      if (bases.size() == group.size()) {
        bases.forEach(base -> pairs.add(new Pair(Optional.of(base), Optional.empty(), List.of())));
      }
      for (Contestant candidate : group) {
        if (!bases.contains(candidate)) {
          pairs.add(pairing.nearest(bases, candidate));
        }
      }
    }
    return pairs;
  }

  private Map<List<String>, List<Contestant>> groups(List<Contestant> contestants) {
    Map<List<String>, List<Contestant>> groups = new LinkedHashMap<>();
    for (Contestant each : contestants) {
      if (!each.isTwin()) {
        groups
            .computeIfAbsent(
                strict.stream().map(each.key()::get).toList(), group -> new ArrayList<>())
            .add(each);
      }
    }
    return groups;
  }

  /** First those that agree in everything, then a single one left on either side. */
  private List<Pair> meet(List<Contestant> bases, List<Contestant> candidates) {
    List<Contestant> left = new ArrayList<>(candidates);
    List<Contestant> alone = new ArrayList<>();
    List<Pair> pairs = new ArrayList<>();
    for (Contestant base : bases) {
      Optional<Contestant> equal =
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

  private Pair nearest(List<Contestant> bases, Contestant candidate) {
    return bases.stream()
        .min(Comparator.comparingInt(base -> differences(base, candidate).size()))
        .map(base -> pair(base, candidate))
        .orElseGet(() -> new Pair(Optional.empty(), Optional.of(candidate), List.of()));
  }

  private Pair pair(Contestant base, Contestant candidate) {
    return new Pair(Optional.of(base), Optional.of(candidate), differences(base, candidate));
  }

  private List<String> differences(Contestant base, Contestant candidate) {
    return lenient.stream()
        .filter(column -> !base.key().get(column).equals(candidate.key().get(column)))
        .toList();
  }
}
