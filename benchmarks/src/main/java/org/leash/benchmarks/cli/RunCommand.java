package org.leash.benchmarks.cli;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunFolder;
import org.leash.benchmarks.csv.Status;
import org.leash.benchmarks.run.Facts;
import org.leash.benchmarks.run.Fork;
import org.leash.benchmarks.run.Plan;
import org.leash.benchmarks.run.Report;
import org.leash.benchmarks.run.Runner;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Runs a suite. The last line of its output names the folder; exit code 1 if anything in it has a
 * status but OK.
 */
@Command(
    name = "run",
    description = "Runs a suite and writes its CSV files.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private PlanOptions options;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "folder of the run")
  private Path out;

  @Option(
      names = "--base",
      paramLabel = "VARIANT",
      description = "what ratios refer to (default: the fastest of ours)")
  private String base = "";

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "silence after which a fork is ended (default: ${DEFAULT-VALUE})")
  private int timeout = 180;

  @Option(names = "--dry-run", description = "only list what would be run")
  private boolean dryRun;

  @Override
  public Integer call() {
    Plan plan = options.plan();
    if (dryRun) {
      spec.commandLine().getOut().print(plan.describe());
      return 0;
    }
    String runId =
        plan.suite()
            + "-"
            + DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
                .format(LocalDateTime.now(ZoneOffset.UTC));
    List<Row> results;
    try (RunFolder folder =
        RunFolder.create(
            out, runId, Facts.begin(plan, spec.commandLine().getParseResult().originalArgs()))) {
      results = new Runner(plan, folder, RunCommand::command, timeout).run(base);
    }
    return conclude(results);
  }

  /** This JVM with the same options and class path, as a fork. */
  private static List<String> command(Fork fork) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(LeashBench.class.getName());
    command.addAll(ForkCommand.arguments(fork));
    return command;
  }

  private int conclude(List<Row> results) {
    var terminal = spec.commandLine().getOut();
    terminal.println();
    terminal.print(Report.of(results));
    List<Row> bad =
        results.stream().filter(row -> !row.get("status").equals(Status.OK.name())).toList();
    for (Row row : bad) {
      terminal.printf(
          "✗ %s %s %s %s×%s, %s: %s: %s%n",
          row.get("op"),
          row.get("variant"),
          row.get("dtype_in"),
          row.get("rows"),
          row.get("cols"),
          row.get("params"),
          row.get("status"),
          row.get("reason"));
    }
    if (results.isEmpty()) {
      terminal.println("✗ nothing was measured: does --filter match a line of --dry-run?");
    }
    terminal.println(out.toAbsolutePath().normalize());
    return bad.isEmpty() && !results.isEmpty() ? 0 : 1;
  }
}
