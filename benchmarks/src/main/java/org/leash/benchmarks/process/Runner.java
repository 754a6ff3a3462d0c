package org.leash.benchmarks.run;

import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunFolder;
import org.leash.benchmarks.csv.Table;
import org.leash.benchmarks.data.RecordedRun;

/**
 * The parent's side: starts one process after another, appends what they report, and goes on after
 * one that died or fell silent, without the contender that was at work then. Whatever is left of
 * the plan is played, so that a run that was broken off is completed in the same way.
 */
public final class Runner {

  /** Makes the command line of a fork. */
  public interface Launcher {
    List<String> command(Fork fork);
  }

  /** What every JVM with the Vector API says first. */
  private static final String INCUBATOR = "WARNING: Using incubator modules";

  private final Plan plan;
  private final RunFolder folder;
  private final Ledger ledger;
  private final Launcher launcher;
  private final int silenceSeconds;
  private final List<Plan.Entry> entries;
  private String step = "";

  private Runner(
      Plan plan, RunFolder folder, Ledger ledger, Launcher launcher, int silenceSeconds) {
    this.plan = plan;
    this.folder = folder;
    this.ledger = ledger;
    this.launcher = launcher;
    this.silenceSeconds = silenceSeconds;
    this.entries = plan.entries();
  }

  /**
   * A run in its folder.
   *
   * @param silenceSeconds after which a process is taken to hang
   */
  public static Runner of(Plan plan, RunFolder folder, Launcher launcher, int silenceSeconds) {
    Ledger ledger = Ledger.of(plan, folder.path(), folder.repairs().containsKey(Table.CHECKS));
    return new Runner(plan, folder, ledger, launcher, silenceSeconds);
  }

  /** Runs what is left of all forks, then derives results.csv from what there is. */
  public List<Row> run(String base) {
    return run(base, Progress::of);
  }

  List<Row> run(String base, IntFunction<Progress> progressOf) {
    if (ledger.processes() > 0) {
      event(0, "resumed", folder.runId(), "after %d samples".formatted(folder.samples()));
    }
    folder.repairs().values().forEach(repair -> event(0, "torn_line", "files", repair));
    int steps =
        IntStream.rangeClosed(1, plan.processes()).map(fork -> ledger.left(fork).size()).sum();
    try (Progress progress = progressOf.apply(steps)) {
      ledger.reopened().forEach(each -> reopen(each, progress));
      for (int fork = 1; fork <= plan.processes(); fork++) {
        replicate(fork, progress);
        if (fork < plan.processes()) {
          stopEarly(plan.setting(fork), fork, progress);
        }
      }
    }
    Facts.end().forEach(folder::append);
    folder.sync();
    List<Row> results = Derivation.of(RecordedRun.read(folder.path()), base);
    folder.replace(Table.RESULTS, results);
    folder.done();
    return results;
  }

  private void reopen(Ledger.Reopened lost, Progress progress) {
    String subject = entries.get(lost.entry()).toString();
    String detail =
        (lost.missing() > 0 ? "samples missing: " + lost.missing() : "a check is missing")
            + "; it is played again";
    event(lost.fork(), "reopened", subject, detail);
    progress.say("fork %d %s: %s".formatted(lost.fork(), subject, detail));
  }

  private void replicate(int number, Progress progress) {
    List<Integer> left = ledger.left(number);
    while (!left.isEmpty()) {
      int process = ledger.nextProcess();
      Turn turn = ledger.turn(number, process, left.getFirst());
      boolean ceilings = !ledger.hasCeilings(number);
      Setting setting = plan.setting(number);
      Fork fork = new Fork(plan, setting, turn, left, ceilings, ledger.banned(number));
      Play play = new Play(fork, progress);
      Conversation.Outcome outcome =
          Conversation.hold(launcher.command(fork), setting.variables(), silenceSeconds, play);
      if (!play.settle(outcome)) {
        return;
      }
      left = ledger.left(number);
    }
  }

  /** What is known well enough is left out from now on. */
  private void stopEarly(Setting setting, int fork, Progress progress) {
    double wanted = plan.effort().precisionPct();
    int later =
        (int)
            IntStream.rangeClosed(fork + 1, plan.processes())
                .filter(number -> plan.setting(number).equals(setting))
                .count();
    if (later == 0 || wanted <= 0) {
      return;
    }
    for (int entry : ledger.left(fork + plan.suite().settings().size())) {
      OptionalDouble width = ledger.halfWidthPct(setting, entry);
      if (width.isPresent() && width.getAsDouble() < wanted) {
        Turn turn = new Turn(fork, 0, 0, 1);
        folder.append(ledger.note(Ledger.State.STOPPED, turn, entry, "", folder.samples()));
        String detail =
            "known to ±%.2f %% after %d of %d forks"
                .formatted(
                    width.getAsDouble(), ledger.forks(setting, entry), plan.effort().forks());
        event(fork, "stopped_early", entries.get(entry).toString(), detail);
        progress.say(entries.get(entry) + ": " + detail);
        progress.skip(later);
      }
    }
  }

  private void event(int fork, String kind, String subject, String detail) {
    folder.append(
        Row.of(Table.EVENTS)
            .set("ts_utc", Instant.now().toString())
            .set("fork", fork)
            .set("kind", kind)
            .set("subject", subject)
            .set("detail", detail));
  }

  /** Writes down what one process does. */
  private final class Play implements Conversation.Listener {
    private final Fork fork;
    private final Progress progress;
    private int entry = -1;

    Play(Fork fork, Progress progress) {
      this.fork = fork;
      this.progress = progress;
    }

    @Override
    public void append(Row row) {
      if (row.table() == Table.SAMPLES) {
        row.set("process", fork.turn().process());
        if (entry >= 0) {
          ledger.sample(fork.turn().process(), entry, row);
        }
      }
      folder.append(row);
    }

    @Override
    public void entryBegins(int index) {
      if (entry >= 0) {
        note(Ledger.State.PLAYED, "");
        folder.sync();
      }
      entry = index;
      if (index < entries.size()) {
        note(Ledger.State.BEGAN, "");
        String label =
            "fork %d/%d %s  %s"
                .formatted(
                    fork.number(), plan.processes(), fork.setting().id(), entries.get(index));
        // A process that goes on where another died is still at the same step.
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
      folder.append(ledger.note(state, fork.turn(), entry, variant, folder.samples()));
    }

    /**
     * Records how the process ended. If it died, the contender that was at work is banned; without
     * one, the entry is given up.
     *
     * @return whether there is any use in another process for this fork
     */
    boolean settle(Conversation.Outcome outcome) {
      if (outcome.entry().isEmpty()) {
        boolean again = !ledger.hasCeilings(fork.number());
        ledger.giveUpCeilings(fork.number());
        event(
            fork.number(),
            again ? "lost_ceilings" : "lost_fork",
            "fork " + fork.number(),
            outcome.reason());
        progress.say("fork " + fork.number() + ": " + outcome.reason());
        return again;
      }
      if (entry == entries.size()) {
        if (outcome.exit() != 0) {
          event(fork.number(), "exit_code", "fork", outcome.reason());
        }
        return false;
      }
      String subject = entries.get(entry).toString();
      if (outcome.atWork().isEmpty()) {
        event(fork.number(), "lost_entry", subject, outcome.reason());
        note(Ledger.State.LOST, "");
        return true;
      }
      Row blame = outcome.atWork().get();
      String variant = blame.get("variant");
      folder.append(
          blame
              .set("fork", fork.number())
              .set("status", outcome.status())
              .set("reason", outcome.reason()));
      event(fork.number(), "lost_contender", subject + " / " + variant, outcome.reason());
      note(Ledger.State.BANNED, variant);
      progress.say(subject + " / " + variant + ": " + outcome.reason());
      return true;
    }
  }
}
