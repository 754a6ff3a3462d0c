package org.leash.benchmarks.cli;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.leash.benchmarks.compare.OtherEnvironmentException;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.compare.Terms;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.ResultStatus;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.plan.Plan;
import org.leash.benchmarks.process.Fork;
import org.leash.benchmarks.process.ForkCommand;
import org.leash.benchmarks.process.PlanOptions;
import org.leash.benchmarks.process.RunFacts;
import org.leash.benchmarks.process.Runner;
import org.leash.benchmarks.record.Environment;
import org.leash.benchmarks.record.Environment.Difference;
import org.leash.benchmarks.record.Environment.Scope;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.record.RunWriter;
import org.leash.files.BadFileException;
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

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "folder of the run")
  private Path out;

  @Option(
      names = "--resume",
      description =
          "continue the interrupted run in --out, or add --forks to it; other options must be the"
              + " same")
  private boolean resume;

  @Option(
      names = "--base",
      paramLabel = "VARIANT",
      description = "base of ratios (default: our fastest variant)")
  private String base = "";

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "time without output after which a fork is killed (default: ${DEFAULT-VALUE})")
  private int timeout = 180;

  @Option(names = "--dry-run", description = "only list the cases and estimate the duration")
  private boolean dryRun;

  @Override
  public Integer call() {
    Plan plan = options.plan();
    if (timeout < 1) {
      throw new IllegalArgumentException("--timeout is " + timeout + "; it must be at least 1");
    }
    if (dryRun) {
      spec.commandLine().getOut().print(plan.describe());
      return ExitCodes.OK;
    }
    List<Row> facts =
        RunFacts.begin(plan, spec.commandLine().getParseResult().originalArgs(), base);
    List<Row> results;
    try (RunWriter folder = folder(plan, facts)) {
      results = Runner.of(plan, folder, RunCommand::command, timeout).run(base);
    }
    return conclude(results);
  }

  /**
   * Creates the folder, or opens that of the run to resume; a run that died before its first row is
   * new.
   */
  private RunWriter folder(Plan plan, List<Row> facts) {
    if (!resume || !RunWriter.isRun(out)) {
      String started =
          DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
              .format(LocalDateTime.now(ZoneOffset.UTC));
      return RunWriter.create(out, plan.suite() + "-" + started, facts);
    }
    List<Row> earlier = RunWriter.read(out, RunTable.ENV);
    if (earlier.isEmpty()) {
      throw new BadFileException(out.resolve(RunTable.ENV.file()) + " is empty; cannot resume");
    }
    List<Difference> differences =
        Environment.of(earlier)
            .differences(Environment.of(facts), Scope.PLATFORM, Scope.SUBJECT, Scope.PLAN);
    if (!differences.isEmpty()) {
      throw new OtherEnvironmentException(
          differences.stream()
              .map(
                  each ->
                      "%n  %s was %s, is %s"
                          .formatted(
                              each.key(),
                              Difference.shown(each.here()),
                              Difference.shown(each.there())))
              .collect(
                  Collectors.joining(
                      "", out + " cannot be resumed: the conditions have changed", "")));
    }
    return RunWriter.resume(out, earlier.getFirst().get("run_id"));
  }

  /** Command line of a fork: this JVM with the same options and class path. */
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
    RecordedRun run = RecordedRun.read(out);
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
    List<Row> bad = results.stream().filter(row -> row.status() != ResultStatus.OK).toList();
    for (Row row : bad) {
      terminal.printf(
          "✗ %s %s %s %s, %s: %s: %s%n",
          row.get("op"),
          row.get("variant"),
          row.get("dtype_in"),
          Key.of(row).shape(),
          row.get("params"),
          row.get("status"),
          row.get("reason"));
    }
    List<Row> lost =
        run.events().stream().filter(event -> event.get("kind").startsWith("lost_")).toList();
    lost.forEach(
        event ->
            terminal.printf(
                "✗ fork %s, %s: %s%n",
                event.get("fork"), event.get("subject"), event.get("detail")));
    if (results.isEmpty()) {
      terminal.println("✗ nothing was measured; check --filter with --dry-run");
    }
    terminal.println(out.toAbsolutePath().normalize());
    return bad.isEmpty() && lost.isEmpty() && !results.isEmpty() ? ExitCodes.OK : ExitCodes.FAILED;
  }
}
