package org.leash.benchmarks.process;

import java.util.List;
import java.util.regex.Pattern;
import org.leash.benchmarks.plan.Effort;
import org.leash.benchmarks.plan.Plan;
import org.leash.benchmarks.plan.Suite;
import picocli.CommandLine.Option;

/** The options that say how much of a suite to measure, and how precisely. */
public final class EffortOptions {
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
      description =
          "time of a case in a fork, after which no round begins (default: the suite's, mostly"
              + " 120)")
  private Integer cap;

  @Option(
      names = "--precision",
      paramLabel = "PCT",
      description =
          "skip a case in further forks once every interval in it is within ±PCT, after at least 3"
              + " forks; 0: never (default: 1)")
  private Double precision;

  /**
   * The plan of a suite.
   *
   * @param threads thread counts of CPU cases
   */
  public Plan plan(Suite suite, List<Integer> threads) {
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
    return new Plan(suite, threads, filter, effort);
  }

  /** The given value, which must be positive, or the usual one if there is none. */
  public static int positive(String option, Integer given, int usual) {
    if (given != null && given < 1) {
      throw new IllegalArgumentException(option + " is " + given + "; it must be at least 1");
    }
    return given == null ? usual : given;
  }
}
