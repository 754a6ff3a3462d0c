package org.leash.benchmarks.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Status;

/**
 * One process from its start to its end, heard by its parent. The process ends with its parent: its
 * standard input is a pipe from it that nobody writes to.
 */
final class Conversation {
  private static final String END = "end of output";

  /** As a shell reports SIGKILL, which is also how the system ends who takes too much memory. */
  private static final int KILLED = 137;

  /** What the parent does with what it hears. */
  interface Listener {
    void append(Row row);

    void entryBegins(int index);

    /** Something that a library printed. */
    void overhear(String line);
  }

  /**
   * How a process ended.
   *
   * @param entry that was being played; empty if none had begun; one past the last if all had been
   *     played
   * @param atWork a row of checks for the contender that was at work, if one was
   * @param status why, if it ended before its work did
   * @param reason the same in words
   */
  record Outcome(OptionalInt entry, Optional<Row> atWork, int exit, Status status, String reason) {}

  private final Listener listener;
  private final int silenceSeconds;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private OptionalInt entry = OptionalInt.empty();
  private Optional<Row> atWork = Optional.empty();
  private boolean silent;
  private String lastWords = "";

  private Conversation(Listener listener, int silenceSeconds) {
    this.listener = listener;
    this.silenceSeconds = silenceSeconds;
  }

  /**
   * Starts a process and listens until it ends; one that says nothing for too long is ended.
   *
   * @param variables of its environment, beside ours
   */
  static Outcome hold(
      List<String> command, Map<String, String> variables, int silenceSeconds, Listener listener) {
    return new Conversation(listener, silenceSeconds).hold(command, variables);
  }

  private Outcome hold(List<String> command, Map<String, String> variables) {
    long kills = MemoryKills.count();
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(variables);
      Process process = builder.start();
      Thread.ofVirtual().start(() -> read(process));
      try {
        listen();
      } finally {
        process.destroyForcibly();
      }
      int exit = process.waitFor();
      boolean starved = exit == KILLED && !silent && MemoryKills.count() > kills;
      return outcome(exit, starved);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private Outcome outcome(int exit, boolean starved) {
    if (silent) {
      String reason = "nothing was heard for " + silenceSeconds + " s";
      return new Outcome(entry, atWork, exit, Status.TIMEOUT, reason);
    }
    String reason = "process died with exit code " + exit + ": " + lastWords;
    if (starved) {
      return new Outcome(entry, atWork, exit, Status.OOM, "ended by the system: out of memory");
    }
    boolean heap = lastWords.contains("OutOfMemoryError");
    return new Outcome(entry, atWork, exit, heap ? Status.OOM : Status.RUNTIME_ERROR, reason);
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
        silent = true;
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
      case Message.Append(Row row) -> listener.append(row);
      case Message.AtWork(Row blame) -> atWork = Optional.of(blame);
      case Message.EntryBegins(int index) -> {
        entry = OptionalInt.of(index);
        atWork = Optional.empty();
        listener.entryBegins(index);
      }
    }
  }

  /** Libraries print too; kept as the reason if the process dies. */
  private void overhear(String line) {
    if (!line.isBlank()) {
      lastWords = line;
      listener.overhear(line);
    }
  }
}
