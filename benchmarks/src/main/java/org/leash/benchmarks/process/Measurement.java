package org.leash.benchmarks.process;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.leash.benchmarks.compare.OtherEnvironmentException;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.ResultStatus;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.plan.Plan;
import org.leash.benchmarks.record.Environment;
import org.leash.benchmarks.record.Environment.Difference;
import org.leash.benchmarks.record.Environment.Scope;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.record.RunWriter;
import org.leash.files.BadFileException;
import picocli.CommandLine.Option;

/** Options and steps of the commands that measure a plan into a folder. */
public final class Measurement {
  @Option(names = "--out", required = true, paramLabel = "DIR", description = "folder of the run")
  private Path out;

  @Option(
      names = "--resume",
      description =
          "continue the interrupted run in --out, or add --forks to it; other options must be the"
              + " same")
  private boolean resume;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "time without output after which a fork is killed (default: ${DEFAULT-VALUE})")
  private int timeout = 180;

  /** Folder of the run. */
  public Path out() {
    return out;
  }

  /** Throws unless the options are valid. */
  public void check() {
    if (timeout < 1) {
      throw new IllegalArgumentException("--timeout is " + timeout + "; it must be at least 1");
    }
  }

  /**
   * Measures whatever of a plan is left, and derives its results.
   *
   * @param main class of this program, which forks run, too
   * @param arguments of this program, to be recorded
   * @param base variant that ratios refer to; "" for the default
   * @param limit of the {@link Runner}
   */
  public List<Row> measure(
      Class<?> main, List<String> arguments, Plan plan, String base, Duration limit) {
    try (RunWriter folder = folder(plan, RunFacts.begin(plan, arguments, base))) {
      return Runner.of(plan, folder, fork -> command(main, fork), timeout, limit).run(base);
    }
  }

  /**
   * Creates the folder, or opens that of the run to resume; a run that died before its first row is
   * new.
   */
  private RunWriter folder(Plan plan, List<Row> facts) {
    if (!resume || !RunWriter.isRun(out)) {
      String started =
          DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT)
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
  private static List<String> command(Class<?> main, Fork fork) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(ForkCommand.arguments(fork));
    return command;
  }

  /**
   * Prints what went wrong.
   *
   * @return whether nothing did
   */
  public static boolean isClean(List<Row> results, RecordedRun run, PrintWriter terminal) {
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
    return bad.isEmpty() && lost.isEmpty() && !results.isEmpty();
  }
}
