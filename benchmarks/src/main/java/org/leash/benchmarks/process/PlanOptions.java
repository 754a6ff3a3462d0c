package org.leash.benchmarks.process;

import java.util.List;
import java.util.regex.Pattern;
import org.leash.benchmarks.plan.Effort;
import org.leash.benchmarks.plan.Plan;
import org.leash.benchmarks.plan.Suite;
import picocli.CommandLine.Option;

/** The options that make a plan, shared by parent and fork. */
public final class PlanOptions {
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
          "only cases and variants with a match in a line such as"
              + " 'policy_gradient bf16 64x151936 peaked_h0.4, 2 threads / native-avx2'")
  private Pattern filter = Pattern.compile("");

  @Option(
      names = "--forks",
      paramLabel = "N",
      description = "JVMs started one after another, the unit of replication (default: 5)")
  private Integer forks;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "blocks of each contender in a fork (default: the suite's)")
  private Integer rounds;

  @Option(
      names = "--cap",
      paramLabel = "SECONDS",
      description = "time of a case in a fork, after which no round begins (default: 120)")
  private Integer cap;

  @Option(
      names = "--precision",
      paramLabel = "PCT",
      description =
          "skip a case in further forks once every interval in it is within ±PCT, after at least 3"
              + " forks; 0: never (default: 1)")
  private Double precision;

  public Plan plan() {
    List<Integer> counts = threads.isEmpty() ? Plan.defaultThreads() : threads;
    counts.forEach(count -> positive("--threads", count, 1));
    if (precision != null && !(precision >= 0 && precision < 100)) {
      throw new IllegalArgumentException(
          "--precision is " + precision + "; it must be at least 0 and below 100");
    }
    Effort usual = suite.effort();
    Effort effort =
        new Effort(
            positive("--forks", forks, usual.forks()),
            positive("--rounds", rounds, usual.rounds()),
            usual.warmupMillis(),
            usual.blockMillis(),
            positive("--cap", cap, usual.capSeconds()),
            precision == null ? usual.precisionPct() : precision);
    return new Plan(suite, counts, filter, effort);
  }

  /** The arguments from which a fork makes the same plan. */
  static List<String> arguments(Plan plan) {
    return List.of(
        "--suite=" + plan.suite(),
        "--threads=" + ForkCommand.joined(plan.threads()),
        "--filter=" + plan.filter().pattern(),
        "--forks=" + plan.effort().forks(),
        "--rounds=" + plan.effort().rounds(),
        "--cap=" + plan.effort().capSeconds(),
        "--precision=" + plan.effort().precisionPct());
  }

  private static int positive(String option, Integer given, int usual) {
    if (given != null && given < 1) {
      throw new IllegalArgumentException(option + " is " + given + "; it must be at least 1");
    }
    return given == null ? usual : given;
  }
}
