package org.leash.benchmarks.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.leash.benchmarks.run.Fork;
import org.leash.benchmarks.run.Tether;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A replication, in a process of its own that {@code run} starts. */
@Command(name = "fork", hidden = true)
final class ForkCommand implements Runnable {
  @Mixin private PlanOptions options;

  @Option(names = "--setting", required = true)
  private String setting;

  @Option(names = "--turn", required = true, split = ",")
  private List<Integer> turn;

  @Option(names = "--entries", required = true, split = ",")
  private List<Integer> entries;

  @Option(names = "--ceilings")
  private boolean ceilings;

  @Option(names = "--ban")
  private Set<String> banned = Set.of();

  @Override
  public void run() {
    Tether.attach();
    Fork.of(options.plan(), setting, turn, entries, ceilings, banned).run(System.out);
  }

  /** The arguments that {@link #run()} makes the fork from. */
  static List<String> arguments(Fork fork) {
    List<String> arguments = new ArrayList<>();
    arguments.add("fork");
    arguments.addAll(PlanOptions.arguments(fork.plan()));
    arguments.add("--setting=" + fork.setting().id());
    arguments.add("--turn=" + joined(fork.turnNumbers()));
    arguments.add("--entries=" + joined(fork.entries()));
    if (fork.ceilings()) {
      arguments.add("--ceilings");
    }
    fork.banned().forEach(each -> arguments.add("--ban=" + each));
    return arguments;
  }

  private static String joined(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
