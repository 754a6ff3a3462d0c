package org.leash.benchmarks.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.leash.benchmarks.compare.Filter;
import org.leash.benchmarks.compare.OtherEnvironmentException;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.compare.Terms;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.record.Environment;
import org.leash.benchmarks.record.RecordedRun;
import picocli.CommandLine.Option;

/** Options of compare, gate and report: selection of rows, and thresholds. */
final class ComparisonOptions {
  @Option(
      names = "--where",
      paramLabel = "CONDITION",
      description =
          "only rows with COLUMN=VALUE (or VALUE,VALUE; also !=, ~ for a regular expression, <, <=,"
              + " >, >=); may be repeated; all must hold")
  private List<String> where = List.of();

  @Option(
      names = "--allow",
      split = ",",
      paramLabel = "COLUMN",
      description = "columns that may differ between the two sides without a warning")
  private List<String> allowed = List.of();

  @Option(
      names = "--anchor",
      paramLabel = "VARIANT",
      description =
          "between two runs: compare times in multiples of this variant's, by fork; its code must"
              + " be the same in both, such as java-vector's after a change of native kernels")
  private String anchor;

  @Option(
      names = "--zone",
      paramLabel = "PCT",
      description =
          "times closer than this count as equal; never below the run's A/A floor (default:"
              + " ${DEFAULT-VALUE})")
  private double zone = Terms.DEFAULT.zonePct();

  @Option(
      names = "--significance",
      paramLabel = "P",
      description = "probability of any false alarm (default: ${DEFAULT-VALUE})")
  private double significance = Terms.DEFAULT.significance();

  @Option(
      names = "--no-floor",
      description = "do not widen the zone to the A/A floor, for experiments with noise")
  private boolean noFloor;

  @Option(names = "--cross-env", description = "compare even if machines or software differ")
  private boolean crossEnvironment;

  boolean crossEnvironment() {
    return crossEnvironment;
  }

  /** Requires that two runs can be compared, unless --cross-env is set. */
  void requireSameEnvironment(RecordedRun base, RecordedRun candidate) {
    List<Environment.Difference> obstacles = Question.obstacles(base, candidate);
    if (!crossEnvironment && !obstacles.isEmpty()) {
      throw new OtherEnvironmentException(
          "the runs are of different environments (%s); use --cross-env to compare them nevertheless"
              .formatted(
                  obstacles.stream().map(Object::toString).collect(Collectors.joining("; "))));
    }
  }

  /** Compares two runs. */
  Question between(RecordedRun base, RecordedRun candidate) {
    return Question.between(
        base, candidate, Optional.ofNullable(anchor), filter(), columns(), terms());
  }

  /**
   * Compares contenders of one run.
   *
   * @param base value of the axis; empty, of variants, for the run's default
   */
  Question inside(RecordedRun run, String axis, Optional<String> base) {
    requireNoAnchor();
    String value =
        base.or(() -> Question.defaultBase(run))
            .orElseThrow(() -> new IllegalArgumentException("no contender of the run has a time"));
    return Question.inside(run, new Question.Axis(axis, value), filter(), columns(), terms());
  }

  /** Compares two variants of one run. */
  Question ofVariants(RecordedRun run, String base, String candidate) {
    requireNoAnchor();
    Predicate<Key> either =
        key -> key.get("variant").equals(base) || key.get("variant").equals(candidate);
    return Question.inside(
        run, new Question.Axis("variant", base), filter().and(either), columns(), terms());
  }

  private void requireNoAnchor() {
    if (anchor != null) {
      throw new IllegalArgumentException(
          "--anchor is for two runs; variants of one run are always compared by fork");
    }
  }

  Predicate<Key> filter() {
    Predicate<Key> all = key -> true;
    for (String condition : where) {
      all = all.and(Filter.parse(condition));
    }
    return all;
  }

  private List<String> columns() {
    allowed.forEach(Filter::requireColumn);
    return allowed;
  }

  Terms terms() {
    return new Terms(zone, significance, !noFloor);
  }
}
