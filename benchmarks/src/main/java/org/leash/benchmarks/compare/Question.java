package org.leash.benchmarks.compare;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.Labels;
import org.leash.benchmarks.record.Environment;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.record.Series;

/**
 * A comparison, its subject and its answer.
 *
 * @param base the run of the bases
 * @param candidate the run of the candidates; the same run inside one
 * @param axis column along which contenders of one run differ; empty between runs
 * @param anchor variant in multiples of whose time runs are compared; empty inside a run
 * @param contenders selected in the candidate's run, without twins
 * @param all contenders of the candidate's run, including twins and unselected ones
 * @param warnings about weaknesses of the comparison
 */
public record Question(
    RecordedRun base,
    RecordedRun candidate,
    Optional<Axis> axis,
    Optional<String> anchor,
    Comparison answer,
    List<RecordedContender> contenders,
    List<RecordedContender> all,
    List<String> warnings) {
  public Question {
    // Warnings quote names from files.
    warnings = warnings.stream().map(Labels::plain).toList();
  }

  /**
   * A column along which contenders differ.
   *
   * @param column of the key
   * @param base value that the others are compared with
   */
  public record Axis(String column, String base) {}

  /**
   * Compares two runs.
   *
   * @param anchor variant whose code both runs share; common effects of forks and machines cancel
   *     in multiples of its time
   * @param allowed columns that may differ without a warning
   * @throws IllegalArgumentException a run lacks the anchor
   */
  public static Question between(
      RecordedRun base,
      RecordedRun candidate,
      Optional<String> anchor,
      Predicate<Key> chosen,
      List<String> allowed,
      Terms terms) {
    List<RecordedContender> bases = RecordedContender.of(base, anchor);
    List<RecordedContender> candidates = RecordedContender.of(candidate, anchor);
    anchor.ifPresent(
        name -> {
          Anchoring.require(name, bases);
          Anchoring.require(name, candidates);
        });
    List<Pair> pairs = Pairing.ofRuns(chosen(bases, chosen), chosen(candidates, chosen), allowed);
    OptionalDouble floor = NoiseFloor.widest(NoiseFloor.of(bases), NoiseFloor.of(candidates));
    Drift drift = Drift.between(base, candidate);
    Comparison answer = Comparison.of(pairs, terms, floor, drift);
    List<String> warnings = new ArrayList<>(warnings(List.of(base, candidate), pairs, floor));
    if (drift.widest(pairs).isEmpty()) {
      warnings.add("no ceiling was measured in both runs; the drift of the machine is unknown");
    }
    warnings.addAll(
        anchor.map(name -> Anchoring.warnings(name, answer)).orElseGet(() -> hints(answer)));
    return new Question(
        base,
        candidate,
        Optional.empty(),
        anchor,
        answer,
        chosen(candidates, chosen),
        candidates,
        warnings);
  }

  /** Suggests an anchor if pairs are inconclusive. */
  private static List<String> hints(Comparison answer) {
    return answer.counts().containsKey(Verdict.INCONCLUSIVE)
        ? List.of(
            "forks of two runs are unrelated and the machine drifts between them; --anchor VARIANT"
                + " cancels effects that all variants share")
        : List.of();
  }

  /**
   * Compares contenders of one run. An operation without the base's value is compared with its own
   * baseline, or left out if it has none.
   *
   * @throws IllegalArgumentException no contender has the base's value
   */
  public static Question inside(
      RecordedRun run, Axis axis, Predicate<Key> chosen, List<String> allowed, Terms terms) {
    List<RecordedContender> all = RecordedContender.of(run);
    List<RecordedContender> comparable = new ArrayList<>();
    List<Pair> pairs = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    List<RecordedContender> chosenOnes = chosen(all, chosen);
    if (chosenOnes.stream().noneMatch(each -> each.key().get(axis.column()).equals(axis.base()))) {
      throw new IllegalArgumentException(
          "--base: no contender has %s=%s; values are %s"
              .formatted(
                  axis.column(),
                  axis.base(),
                  chosenOnes.stream()
                      .map(each -> each.key().get(axis.column()))
                      .distinct()
                      .toList()));
    }
    for (List<RecordedContender> members : parts(chosenOnes, axis)) {
      Optional<String> base = baseOf(members, axis);
      if (base.isPresent()) {
        comparable.addAll(members);
        pairs.addAll(Pairing.along(axis.column(), base.get(), members, allowed));
      } else {
        warnings.add(
            "%s has no %s=%s and is left out"
                .formatted(members.getFirst().key().get("op"), axis.column(), axis.base()));
      }
    }
    OptionalDouble floor = NoiseFloor.of(all).distance();
    warnings.addAll(warnings(List.of(run), pairs, floor));
    return new Question(
        run,
        run,
        Optional.of(axis),
        Optional.empty(),
        Comparison.of(pairs, terms, floor, Drift.between(run, run)),
        comparable,
        all,
        warnings);
  }

  /** The contenders by operation, unless the axis is the operation. */
  private static List<List<RecordedContender>> parts(
      List<RecordedContender> contenders, Axis axis) {
    if (axis.column().equals("op")) {
      return List.of(contenders);
    }
    return List.copyOf(
        contenders.stream()
            .collect(
                Collectors.groupingBy(
                    each -> each.key().get("op"), LinkedHashMap::new, Collectors.toList()))
            .values());
  }

  private static Optional<String> baseOf(List<RecordedContender> members, Axis axis) {
    List<String> values = members.stream().map(each -> each.key().get(axis.column())).toList();
    return values.contains(axis.base())
        ? Optional.of(axis.base())
        : members.stream()
            .map(RecordedContender::key)
            .filter(key -> key.get("role").equals("baseline"))
            .map(key -> key.get(axis.column()))
            .findFirst();
  }

  /**
   * The default base of a run: the candidate that is fastest in most cases without a baseline, else
   * the baseline, else a peer; empty if none has a time.
   */
  public static Optional<String> defaultBase(RecordedRun run) {
    List<List<Series>> withoutBaseline =
        run.cases().values().stream()
            .filter(members -> members.stream().noneMatch(each -> isRole(each, "baseline")))
            .toList();
    return fastest(withoutBaseline, "candidate")
        .or(() -> fastest(run.cases().values(), "baseline"))
        .or(() -> fastest(run.cases().values(), "peer"));
  }

  /** The variant that is the fastest of its role in most cases. */
  private static Optional<String> fastest(Collection<List<Series>> cases, String role) {
    Map<String, Integer> wins = new TreeMap<>();
    for (List<Series> members : cases) {
      members.stream()
          .filter(each -> each.isGood() && isRole(each, role))
          .min(Comparator.comparingDouble(each -> each.estimate().center()))
          .ifPresent(best -> wins.merge(best.key().get("variant"), 1, Integer::sum));
    }
    return wins.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
  }

  private static boolean isRole(Series series, String role) {
    return series.key().get("role").equals(role);
  }

  private static List<RecordedContender> chosen(
      List<RecordedContender> all, Predicate<Key> chosen) {
    return all.stream().filter(each -> !each.isTwin() && chosen.test(each.key())).toList();
  }

  private static List<String> warnings(
      List<RecordedRun> runs, List<Pair> pairs, OptionalDouble floor) {
    List<String> warnings = new ArrayList<>();
    for (RecordedRun run : runs) {
      run.remarks().forEach(remark -> warnings.add(run.runId() + ": " + remark));
    }
    if (floor.isEmpty()) {
      warnings.add("no A/A twin: the noise floor is unknown and does not widen the zone");
    }
    mixtures(pairs)
        .forEach(
            (mixture, count) ->
                warnings.add(
                    String.format(
                        Locale.ROOT,
                        "%d of %d pairs mix %s; --allow %s if that is meant",
                        count,
                        pairs.size(),
                        mixture,
                        mixture.replaceAll(" \\([^)]*\\)", "").replace(" and ", ","))));
    return warnings;
  }

  private static Map<String, Integer> mixtures(List<Pair> pairs) {
    Map<String, Integer> mixtures = new LinkedHashMap<>();
    for (Pair pair : pairs) {
      if (!pair.mixed().isEmpty()) {
        List<String> parts =
            pair.mixed().stream()
                .map(
                    column ->
                        "%s (%s with %s)"
                            .formatted(
                                column,
                                pair.base().orElseThrow().key().get(column),
                                pair.candidate().orElseThrow().key().get(column)))
                .toList();
        mixtures.merge(String.join(" and ", parts), 1, Integer::sum);
      }
    }
    return mixtures;
  }

  /** Differences of the two runs' machines, platforms and code. */
  public List<Environment.Difference> differences() {
    return base.environment()
        .differences(
            candidate.environment(), Environment.Scope.PLATFORM, Environment.Scope.SUBJECT);
  }

  /** Differences that make the two runs' times incomparable. */
  public List<Environment.Difference> obstacles() {
    return obstacles(base, candidate);
  }

  /** Differences that make two runs' times incomparable. */
  public static List<Environment.Difference> obstacles(RecordedRun base, RecordedRun candidate) {
    return base
        .environment()
        .differences(candidate.environment(), Environment.Scope.PLATFORM)
        .stream()
        .filter(each -> !each.isAbsence())
        .toList();
  }

  /** Whether a row is a base without candidates in its run, which has no verdict. */
  public boolean isAlone(Compared row) {
    return axis.isPresent() && row.pair().candidate().isEmpty();
  }

  /** Number of pairs by verdict, such as {@code 2 FASTER ▲ · 1 SAME ~}. */
  public String verdicts() {
    Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);
    answer.rows().stream()
        .filter(row -> !isAlone(row))
        .forEach(row -> counts.merge(row.verdict(), 1L, Long::sum));
    if (counts.isEmpty()) {
      return "none, the base is alone";
    }
    long alone = answer.rows().stream().filter(this::isAlone).count();
    return counts.entrySet().stream()
            .map(each -> each.getValue() + " " + each.getKey() + " " + each.getKey().symbol())
            .collect(Collectors.joining(" · "))
        + (alone == 0 ? "" : String.format(Locale.ROOT, " · %d with the base alone", alone));
  }

  /** The rows by operation, in the order of the run. */
  public Map<String, List<Compared>> byOperation() {
    return answer.rows().stream()
        .collect(
            Collectors.groupingBy(
                row -> row.key().get("op"), LinkedHashMap::new, Collectors.toList()));
  }
}
