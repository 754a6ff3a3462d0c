package org.leash.benchmarks.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.compare.Terms;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.plan.Plan;
import org.leash.benchmarks.process.Measurement;
import org.leash.benchmarks.process.PlanOptions;
import org.leash.benchmarks.process.Runner;
import org.leash.benchmarks.record.RecordedRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a suite. The last line of output is the folder. */
@Command(
    name = "run",
    description = "Runs a suite and writes its CSV files.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:everything was measured and is correct",
      "1:a status other than OK, or a case was given up",
      "4:--resume on another machine, with another build or another plan",
      "64:an option is invalid, or the folder holds a run or is in use",
      "65:a file of the resumed run is invalid",
      "74:the folder cannot be written, or the disk is full; resume later"
    })
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private PlanOptions options;

  @Mixin private Measurement measurement;

  @Option(
      names = "--base",
      paramLabel = "VARIANT",
      description = "base of ratios (default: our fastest variant)")
  private String base = "";

  @Option(names = "--dry-run", description = "only list the cases and estimate the duration")
  private boolean dryRun;

  @Override
  public Integer call() {
    Plan plan = options.plan();
    measurement.check();
    PrintWriter terminal = spec.commandLine().getOut();
    if (dryRun) {
      terminal.print(plan.describe());
      return ExitCodes.OK;
    }
    List<String> arguments = spec.commandLine().getParseResult().originalArgs();
    List<Row> results =
        measurement.measure(LeashBench.class, arguments, plan, base, Runner.UNLIMITED);
    terminal.println();
    RecordedRun run = RecordedRun.read(measurement.out());
    printRatios(run, terminal);
    boolean isClean = Measurement.isClean(results, run, terminal);
    terminal.println(measurement.out().toAbsolutePath().normalize());
    return isClean ? ExitCodes.OK : ExitCodes.FAILED;
  }

  private void printRatios(RecordedRun run, PrintWriter terminal) {
    Set<String> variants =
        run.series().stream()
            .map(each -> each.key().get("variant"))
            .collect(Collectors.toUnmodifiableSet());
    Optional.of(base)
        .filter(variants::contains)
        .or(() -> Question.defaultBase(run))
        .map(variant -> new Question.Axis("variant", variant))
        .map(axis -> Question.inside(run, axis, key -> true, List.of(), Terms.DEFAULT))
        .ifPresent(question -> terminal.print(Output.table(question)));
  }
}
