package org.leash.benchmarks.cli;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.leash.benchmarks.run.Effort;
import org.leash.benchmarks.run.Plan;
import org.leash.benchmarks.run.Suite;
import picocli.CommandLine.Option;

/** The options that make a plan; parent and fork take the same. */
final class PlanOptions {
  @Option(names = "--suite", required = true, description = "${COMPLETION-CANDIDATES}")
  private Suite suite;

  @Option(
      names = "--threads",
      split = ",",
      paramLabel = "N",
      description = "thread counts (default: 1 and all processors)")
  private List<Integer> threads = List.of();

  @Option(
      names = "--filter",
      paramLabel = "REGEX",
      description =
          "only cases and variants for which a match is found in a line such as"
              + " 'policy_gradient bf16 64x151936 peaked_h0.4, 2 threads / native-avx2'")
  private Pattern filter = Pattern.compile("");

  @Option(
      names = "--forks",
      paramLabel = "N",
      description = "JVMs one after the other, the unit of replication (default: 5)")
  private Integer forks;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "blocks of each contender in a fork (default: the suite's)")
  private Integer rounds;

  @Option(
      names = "--cap",
      paramLabel = "SECONDS",
      description = "for a case in a fork, after which no further round begins (default: 120)")
  private Integer cap;

  @Option(
      names = "--precision",
      paramLabel = "PCT",
      description =
          "leave a case out of further forks once every interval in it is within ± so many percent,"
              + " from 3 forks on; 0: never (default: 1)")
  private Double precision;

  Plan plan() {
    List<Integer> counts = threads.isEmpty() ? Plan.defaultThreads() : threads;
    counts.forEach(count -> requirePositive("--threads", count));
    Effort effort = suite.effort();
    if (forks != null) {
      effort = effort.withForks(requirePositive("--forks", forks));
    }
    if (rounds != null) {
      effort = effort.withRounds(requirePositive("--rounds", rounds));
    }
    if (cap != null) {
      effort = effort.withCap(requirePositive("--cap", cap));
    }
    if (precision != null) {
      if (!(precision >= 0 && precision < 100)) {
        throw new IllegalArgumentException(
            "--precision is " + precision + "; it is at least 0 and below 100");
      }
      effort = effort.withPrecision(precision);
    }
    return new Plan(suite, counts, filter, effort);
  }

  /** The arguments that a fork makes the same plan from. */
  static List<String> arguments(Plan plan) {
    return List.of(
        "--suite=" + plan.suite(),
        "--threads="
            + plan.threads().stream().map(String::valueOf).collect(Collectors.joining(",")),
        "--filter=" + plan.filter().pattern(),
        "--forks=" + plan.effort().forks(),
        "--rounds=" + plan.effort().rounds(),
        "--cap=" + plan.effort().capSeconds(),
        "--precision=" + plan.effort().precisionPct());
  }

  private static int requirePositive(String option, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(option + " is " + value + "; it is at least 1");
    }
    return value;
  }
}
