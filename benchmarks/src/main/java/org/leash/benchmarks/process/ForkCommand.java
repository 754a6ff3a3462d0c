package org.leash.benchmarks.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.leash.benchmarks.plan.Plan;
import org.leash.benchmarks.plan.Start;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The hidden command by which {@code run} starts a {@link Fork} in a process of its own. */
@Command(name = "fork", hidden = true)
public final class ForkCommand implements Runnable {
  @Mixin private PlanOptions options;

  @Option(names = "--setting", required = true)
  private String setting;

  @Option(names = "--start", required = true)
  private String start;

  @Option(names = "--cases", required = true, split = ",")
  private List<Integer> cases;

  @Option(names = "--ceilings")
  private boolean ceilings;

  @Option(names = "--ban")
  private Set<String> banned = Set.of();

  @Override
  public void run() {
    ForkProcess.tether();
    Plan plan = options.plan();
    new Fork(plan, plan.suite().setting(setting), Start.parse(start), cases, ceilings, banned)
        .run(System.out);
  }

  /** The arguments that {@link #run()} reads. */
  public static List<String> arguments(Fork fork) {
    List<String> arguments = new ArrayList<>();
    arguments.add("fork");
    arguments.addAll(PlanOptions.arguments(fork.plan()));
    arguments.add("--setting=" + fork.setting().id());
    arguments.add("--start=" + fork.start());
    arguments.add("--cases=" + joined(fork.cases()));
    if (fork.ceilings()) {
      arguments.add("--ceilings");
    }
    fork.banned().forEach(each -> arguments.add("--ban=" + each));
    return arguments;
  }

  static String joined(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
