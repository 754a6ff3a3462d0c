package org.leash.benchmarks.process;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.plan.Case;
import org.leash.benchmarks.plan.Plan;
import org.leash.benchmarks.plan.ProcessSetting;
import org.leash.benchmarks.plan.Start;
import org.leash.benchmarks.record.Derivation;
import org.leash.benchmarks.record.Ledger;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.record.RunWriter;

/**
 * The parent: starts one process after another and records what they report. When a process dies or
 * falls silent, another continues without the contender that was running. It measures whatever of
 * the plan is left, and so completes an interrupted run in the same way.
 */
public final class Runner {

  /** Makes the command line of a fork. */
  public interface Launcher {
    List<String> command(Fork fork);
  }

  /** The limit of a run that may take any time. */
  public static final Duration UNLIMITED = ChronoUnit.FOREVER.getDuration();

  /** First line of every JVM with the Vector API. */
  private static final String INCUBATOR = "WARNING: Using incubator modules";

  private final Plan plan;
  private final RunWriter writer;
  private final Ledger ledger;
  private final Launcher launcher;
  private final int silenceSeconds;
  private final Duration limit;
  private final List<Case> cases;
  private String step = "";

  private Runner(
      Plan plan, RunWriter writer, Launcher launcher, int silenceSeconds, Duration limit) {
    this.plan = plan;
    this.writer = writer;
    this.ledger = Ledger.of(plan, writer.path(), writer.repairs().containsKey(RunTable.CHECKS));
    this.launcher = launcher;
    this.silenceSeconds = silenceSeconds;
    this.limit = limit;
    this.cases = plan.cases();
  }

  /**
   * A new or resumed run in its folder.
   *
   * @param silenceSeconds without output after which a process counts as hanging
   * @param limit after one fork none begins that would end later than this after the start, if it
   *     takes as long as the longest before it
   */
  public static Runner of(
      Plan plan, RunWriter writer, Launcher launcher, int silenceSeconds, Duration limit) {
    return new Runner(plan, writer, launcher, silenceSeconds, limit);
  }

  /**
   * Measures the remaining cases of all forks, then derives results.csv.
   *
   * @param base variant that ratios refer to; "" for the default
   */
  public List<Row> run(String base) {
    return run(base, Progress::of);
  }

  List<Row> run(String base, IntFunction<Progress> progressOf) {
    if (ledger.processes() > 0) {
      event(
          0,
          "resumed",
          writer.runId(),
          String.format(Locale.ROOT, "after %d samples", writer.samples()));
    }
    writer.repairs().values().forEach(repair -> event(0, "torn_line", "files", repair));
    int steps = IntStream.rangeClosed(1, plan.forks()).map(fork -> ledger.left(fork).size()).sum();
    try (Progress progress = progressOf.apply(steps)) {
      ledger.reopened().forEach(each -> reopen(each, progress));
      Instant start = Instant.now();
      Duration longest = Duration.ZERO;
      for (int fork = 1; fork <= plan.forks(); fork++) {
        if (!ledger.left(fork).isEmpty()) {
          Instant begin = Instant.now();
          if (!longest.isZero()
              && Duration.between(start, begin).plus(longest).compareTo(limit) > 0) {
            String detail =
                String.format(
                    Locale.ROOT,
                    "%d of %d forks fit into %d s",
                    fork - 1,
                    plan.forks(),
                    limit.toSeconds());
            event(fork, "time_limit", "fork " + fork, detail);
            progress.say(detail);
            break;
          }
          measure(fork, progress);
          Duration took = Duration.between(begin, Instant.now());
          longest = took.compareTo(longest) > 0 ? took : longest;
        }
        if (fork < plan.forks()) {
          stopEarly(plan.setting(fork), fork, progress);
        }
      }
    }
    RunFacts.end().forEach(writer::append);
    writer.sync();
    List<Row> results = Derivation.of(RecordedRun.read(writer.path()), base);
    writer.replace(RunTable.RESULTS, results);
    writer.done();
    return results;
  }

  private void reopen(Ledger.Reopened lost, Progress progress) {
    String subject = cases.get(lost.index()).toString();
    String detail =
        (lost.missing() > 0 ? "samples missing: " + lost.missing() : "a check is missing")
            + "; measuring it again";
    event(lost.fork(), "reopened", subject, detail);
    progress.say(String.format(Locale.ROOT, "fork %d %s: %s", lost.fork(), subject, detail));
  }

  private void measure(int number, Progress progress) {
    List<Integer> left = ledger.left(number);
    boolean goOn = true;
    while (goOn && !left.isEmpty()) {
      int process = ledger.nextProcess();
      Start start = ledger.start(number, process, left.getFirst());
      boolean ceilings = !ledger.hasCeilings(number);
      ProcessSetting setting = plan.setting(number);
      Fork fork = new Fork(plan, setting, start, left, ceilings, ledger.banned(number));
      Scribe scribe = new Scribe(fork, progress);
      goOn =
          scribe.settle(
              ForkProcess.run(launcher.command(fork), setting.variables(), silenceSeconds, scribe));
      left = ledger.left(number);
    }
  }

  /** Drops the cases that are precise enough from later forks. */
  private void stopEarly(ProcessSetting setting, int fork, Progress progress) {
    double wanted = plan.effort().precisionPct();
    int later =
        (int)
            IntStream.rangeClosed(fork + 1, plan.forks())
                .filter(number -> plan.setting(number).equals(setting))
                .count();
    if (later == 0 || wanted <= 0) {
      return;
    }
    for (int index : ledger.left(fork + plan.suite().settings().size())) {
      OptionalDouble width = ledger.halfWidthPct(setting, index);
      if (width.isPresent() && width.getAsDouble() < wanted) {
        Start none = Start.first(fork, 0);
        writer.append(ledger.note(Ledger.State.STOPPED, none, index, "", writer.samples()));
        String detail =
            String.format(
                Locale.ROOT,
                "known to ±%.2f %% after %d of %d forks",
                width.getAsDouble(),
                ledger.forks(setting, index),
                plan.effort().forks());
        event(fork, "stopped_early", cases.get(index).toString(), detail);
        progress.say(cases.get(index) + ": " + detail);
        progress.skip(later);
      }
    }
  }

  private void event(int fork, String kind, String subject, String detail) {
    writer.append(Row.event(fork, kind, subject, detail));
  }

  /** Records the reports of one process. */
  private final class Scribe implements ForkProcess.Listener {
    private final Fork fork;
    private final Progress progress;
    private int current = -1;

    Scribe(Fork fork, Progress progress) {
      this.fork = fork;
      this.progress = progress;
    }

    @Override
    public void append(Row row) {
      if (row.table() == RunTable.SAMPLES) {
        row.set("process", fork.start().process());
        if (current >= 0) {
          ledger.sample(fork.start().process(), current, row);
        }
      }
      writer.append(row);
    }

    @Override
    public void caseBegins(int index) {
      if (current >= 0) {
        note(Ledger.State.PLAYED, "");
        writer.sync();
      }
      current = index;
      if (index < cases.size()) {
        note(Ledger.State.BEGAN, "");
        String label =
            String.format(
                Locale.ROOT,
                "fork %d/%d %s  %s",
                fork.number(),
                plan.forks(),
                fork.setting().id(),
                cases.get(index));
        // A process that continues after another died is still at the same step.
        if (!label.equals(step)) {
          progress.step(label);
        }
        step = label;
      }
    }

    @Override
    public void overhear(String line) {
      if (!line.startsWith(INCUBATOR)) {
        progress.say(line);
      }
    }

    private void note(Ledger.State state, String variant) {
      writer.append(ledger.note(state, fork.start(), current, variant, writer.samples()));
    }

    /**
     * Records the end of the process. If it died, bans the contender that was running or, if none
     * was, gives up the case.
     *
     * @return whether another process of this fork can achieve anything
     */
    boolean settle(ForkProcess.Outcome outcome) {
      int number = fork.number();
      if (outcome.lastCase().isEmpty()) {
        boolean again = !ledger.hasCeilings(number);
        ledger.giveUpCeilings(number);
        event(number, again ? "lost_ceilings" : "lost_fork", "fork " + number, outcome.reason());
        progress.say("fork " + number + ": " + outcome.reason());
        return again;
      }
      if (current == cases.size()) {
        if (outcome.exit() != 0) {
          event(number, "exit_code", "fork", outcome.reason());
        }
        return false;
      }
      String subject = cases.get(current).toString();
      if (outcome.atWork().isEmpty()) {
        event(number, "lost_entry", subject, outcome.reason());
        note(Ledger.State.LOST, "");
        return true;
      }
      Row blame = outcome.atWork().get();
      String variant = blame.get("variant");
      writer.append(blame.set("status", outcome.status()).set("reason", outcome.reason()));
      event(number, "lost_contender", subject + " / " + variant, outcome.reason());
      note(Ledger.State.BANNED, variant);
      progress.say(subject + " / " + variant + ": " + outcome.reason());
      return true;
    }
  }
}
