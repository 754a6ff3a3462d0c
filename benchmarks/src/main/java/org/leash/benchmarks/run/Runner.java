package org.leash.benchmarks.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunFolder;
import org.leash.benchmarks.csv.Status;
import org.leash.benchmarks.csv.Table;
import org.leash.benchmarks.data.RecordedRun;

/**
 * The parent's side: starts one process after another, appends what they report, and goes on after
 * one that died or fell silent, without the contender that was at work then.
 */
public final class Runner {

  /** Makes the command line of a fork. */
  public interface Launcher {
    List<String> command(Fork fork);
  }

  private final Plan plan;
  private final RunFolder folder;
  private final Launcher launcher;
  private final int silenceSeconds;
  private final List<Plan.Entry> entries;

  /**
   * @param silenceSeconds after which a process is taken to hang
   */
  public Runner(Plan plan, RunFolder folder, Launcher launcher, int silenceSeconds) {
    this.plan = plan;
    this.folder = folder;
    this.launcher = launcher;
    this.silenceSeconds = silenceSeconds;
    this.entries = plan.entries();
  }

  /** Runs all forks in all settings, then derives results.csv from what they left. */
  public List<Row> run(String base) {
    try (Progress progress = Progress.of(plan.processes() * entries.size())) {
      for (int number = 1; number <= plan.processes(); number++) {
        List<Setting> settings = plan.suite().settings();
        replicate(number, settings.get((number - 1) % settings.size()), progress);
      }
    }
    Facts.end().forEach(folder::append);
    List<Row> results = Derivation.of(RecordedRun.read(folder.path()), base);
    folder.replace(Table.RESULTS, results);
    folder.done();
    return results;
  }

  private void replicate(int number, Setting setting, Progress progress) {
    Set<String> banned = new HashSet<>();
    int first = 0;
    while (first < entries.size()) {
      Fork fork = new Fork(plan, setting, number, first, Set.copyOf(banned));
      Conversation conversation = new Conversation(fork, progress);
      conversation.hold();
      first = conversation.entry;
      if (first < entries.size()) {
        // The rest of the entry is played again, without the one who broke it off.
        first = conversation.bury(banned);
      }
    }
  }

  /** One process from its start to its end. */
  private final class Conversation {
    private static final String END = "end of output";

    private final Fork fork;
    private final Progress progress;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private int entry;
    private Optional<Row> atWork = Optional.empty();
    private Status death = Status.RUNTIME_ERROR;
    private String lastWords = "";

    Conversation(Fork fork, Progress progress) {
      this.fork = fork;
      this.progress = progress;
      this.entry = fork.first();
    }

    void hold() {
      try {
        ProcessBuilder builder = new ProcessBuilder(launcher.command(fork));
        builder.environment().putAll(fork.setting().variables());
        Process process = builder.redirectErrorStream(true).start();
        Thread.ofVirtual().start(() -> read(process));
        try {
          listen();
        } finally {
          process.destroyForcibly();
        }
        int exit = process.waitFor();
        if (exit != 0 && entry == entries.size()) {
          event("exit_code", "fork", "exit code " + exit + " after the last entry");
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }

    private void read(Process process) {
      try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
        output.lines().forEach(lines::add);
      } catch (IOException | UncheckedIOException e) {
        lines.add("reading stopped: " + e);
      } finally {
        lines.add(END);
      }
    }

    private void listen() throws InterruptedException {
      while (true) {
        String line = lines.poll(silenceSeconds, TimeUnit.SECONDS);
        if (line == null) {
          death = Status.TIMEOUT;
          lastWords = "nothing was heard for " + silenceSeconds + " s";
          return;
        }
        if (line.equals(END)) {
          return;
        }
        Message.parse(line).ifPresentOrElse(this::understand, () -> overhear(line));
      }
    }

    private void understand(Message message) {
      switch (message) {
        case Message.Append(Row row) -> folder.append(row);
        case Message.AtWork(Row blame) -> atWork = Optional.of(blame);
        case Message.EntryBegins(int index) -> {
          entry = index;
          atWork = Optional.empty();
          if (index < entries.size()) {
            progress.step(
                "fork %d/%d %s  %s"
                    .formatted(
                        fork.number(), plan.processes(), fork.setting().id(), entries.get(index)));
          }
        }
      }
    }

    /** Libraries print too; kept as the reason if the process dies. */
    private void overhear(String line) {
      if (!line.isBlank()) {
        lastWords = line;
        progress.say(line);
      }
    }

    /**
     * Records the death of the process and bans the contender that was at work; without one, the
     * entry itself is given up.
     *
     * @return the entry to go on with
     */
    int bury(Set<String> banned) {
      String reason = death == Status.TIMEOUT ? lastWords : "process died: " + lastWords;
      String subject = entries.get(entry).toString();
      if (atWork.isEmpty()) {
        event("lost_entry", subject, reason);
        return entry + 1;
      }
      Row blame = atWork.get();
      folder.append(
          blame.set("fork", fork.number()).set("status", death.name()).set("reason", reason));
      event("lost_contender", subject + " / " + blame.get("variant"), reason);
      banned.add(entry + ":" + blame.get("variant"));
      return entry;
    }

    private void event(String kind, String subject, String detail) {
      folder.append(
          Row.of(Table.EVENTS)
              .set("ts_utc", Instant.now().toString())
              .set("fork", fork.number())
              .set("kind", kind)
              .set("subject", subject)
              .set("detail", detail));
    }
  }
}
