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
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.compare.Terms;
import org.leash.benchmarks.csv.BadDataException;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.ResultStatus;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.plan.Plan;
import org.leash.benchmarks.process.Facts;
import org.leash.benchmarks.process.Fork;
import org.leash.benchmarks.process.ForkCommand;
import org.leash.benchmarks.process.PlanOptions;
import org.leash.benchmarks.process.Runner;
import org.leash.benchmarks.record.Environment;
import org.leash.benchmarks.record.Environment.Difference;
import org.leash.benchmarks.record.Environment.Scope;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.record.RunWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a suite. The last line of its output names the folder. */
@Command(
    name = "run",
    description = "Runs a suite and writes its CSV files.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:everything has been measured and is right",
      "1:something has a status but OK, or was given up",
      "4:--resume on another machine, with another build or another plan",
      "64:an option is wrong, or the folder holds a run or is in use",
      "65:a file of the run to be resumed is not what it should be",
      "74:the folder cannot be written, or the disk is full: resume when it can"
    })
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private PlanOptions options;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "folder of the run")
  private Path out;

  @Option(
      names = "--resume",
      description =
          "go on with the run in --out where it was broken off, or with more --forks than it had;"
              + " the other options have to be the same")
  private boolean resume;

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

  @Option(names = "--dry-run", description = "only list what would be run, and how long it takes")
  private boolean dryRun;

  @Override
  public Integer call() {
    Plan plan = options.plan();
    if (timeout < 1) {
      throw new IllegalArgumentException("--timeout is " + timeout + "; it is at least 1");
    }
    if (dryRun) {
      spec.commandLine().getOut().print(plan.describe());
      return ExitCodes.OK;
    }
    List<Row> facts = Facts.begin(plan, spec.commandLine().getParseResult().originalArgs(), base);
    List<Row> results;
    try (RunWriter folder = folder(plan, facts)) {
      results = Runner.of(plan, folder, RunCommand::command, timeout).run(base);
    }
    return conclude(results);
  }

  /** A new folder, or that of the run to go on with; one that died before its first row is new. */
  private RunWriter folder(Plan plan, List<Row> facts) {
    if (!resume || !RunWriter.holdsRun(out)) {
      String started =
          DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
              .format(LocalDateTime.now(ZoneOffset.UTC));
      return RunWriter.create(out, plan.suite() + "-" + started, facts);
    }
    List<Row> earlier = RunWriter.read(out, RunTable.ENV);
    if (earlier.isEmpty()) {
      throw new BadDataException(
          out.resolve(RunTable.ENV.file()) + " says nothing: the run cannot be gone on with");
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
                          .formatted(each.key(), shown(each.here()), shown(each.there())))
              .collect(
                  Collectors.joining(
                      "",
                      out + " cannot be resumed: its samples were taken under other conditions",
                      "")));
    }
    return RunWriter.resume(out, earlier.getFirst().get("run_id"));
  }

  private static String shown(String value) {
    return value.isEmpty() ? "absent" : "'" + value + "'";
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
        .ifPresent(question -> terminal.print(Terminal.table(question)));
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
        RunWriter.read(out, RunTable.EVENTS).stream()
            .filter(event -> event.get("kind").startsWith("lost_"))
            .toList();
    lost.forEach(
        event ->
            terminal.printf(
                "✗ fork %s, %s: %s%n",
                event.get("fork"), event.get("subject"), event.get("detail")));
    if (results.isEmpty()) {
      terminal.println("✗ nothing was measured: does --filter match a line of --dry-run?");
    }
    terminal.println(out.toAbsolutePath().normalize());
    return bad.isEmpty() && lost.isEmpty() && !results.isEmpty() ? ExitCodes.OK : ExitCodes.FAILED;
  }
}
