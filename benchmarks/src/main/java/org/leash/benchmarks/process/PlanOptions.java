package org.leash.benchmarks.process;

import java.util.List;
import org.leash.benchmarks.plan.Plan;
import org.leash.benchmarks.plan.Suite;
import picocli.CommandLine.Mixin;
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

  @Mixin private EffortOptions effort;

  public Plan plan() {
    List<Integer> counts = threads.isEmpty() ? Plan.defaultThreads() : threads;
    counts.forEach(count -> EffortOptions.positive("--threads", count, 1));
    return effort.plan(suite, counts);
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
}
