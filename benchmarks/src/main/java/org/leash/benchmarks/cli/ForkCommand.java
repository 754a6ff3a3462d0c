package org.leash.benchmarks.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.leash.benchmarks.run.Fork;
import org.leash.benchmarks.run.Plan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A replication, in a process of its own that {@code run} starts. */
@Command(name = "fork", hidden = true)
final class ForkCommand implements Runnable {
  @Mixin private PlanOptions options;

  @Option(names = "--number", required = true)
  private int number;

  @Option(names = "--setting", required = true)
  private String setting;

  @Option(names = "--first")
  private int first;

  @Option(names = "--ban")
  private Set<String> banned = Set.of();

  @Override
  public void run() {
    Fork.of(options.plan(), setting, number, first, banned).run(System.out);
  }

  /** The arguments that {@link #run()} makes the fork from. */
  static List<String> arguments(Fork fork) {
    Plan plan = fork.plan();
    List<String> arguments = new ArrayList<>();
    arguments.add("fork");
    arguments.add("--suite=" + plan.suite());
    arguments.add(
        "--threads="
            + plan.threads().stream().map(String::valueOf).collect(Collectors.joining(",")));
    Pattern filter = plan.filter();
    arguments.add("--filter=" + filter.pattern());
    arguments.add("--number=" + fork.number());
    arguments.add("--setting=" + fork.settingId());
    arguments.add("--first=" + fork.first());
    fork.banned().forEach(each -> arguments.add("--ban=" + each));
    return arguments;
  }
}
