package org.leash.benchmarks.cli;

import java.util.List;
import java.util.regex.Pattern;
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

  @Option(names = "--forks", paramLabel = "N", description = "processes (default: the suite's)")
  private Integer forks;

  Plan plan() {
    List<Integer> counts = threads.isEmpty() ? Plan.defaultThreads() : threads;
    counts.forEach(count -> requirePositive("--threads", count));
    if (forks != null) {
      requirePositive("--forks", forks);
    }
    Effort effort = forks == null ? suite.effort() : suite.effort().withForks(forks);
    return new Plan(suite, counts, filter, effort);
  }

  private static void requirePositive(String option, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(option + " is " + value + "; it is at least 1");
    }
  }
}
