package org.leash.benchmarks.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.leash.benchmarks.csv.ResultStatus;
import org.leash.benchmarks.csv.Row;

/**
 * The process of a fork, as its parent sees it from start to end. The process ends with its parent,
 * which holds the other end of its standard input and writes nothing to it.
 */
final class ForkProcess {
  private static final String END = "end of output";

  /** Exit code for SIGKILL, by which the system also ends processes that take too much memory. */
  private static final int KILLED = 137;

  private static final int ORPHANED = 74;

  /** Receives the reports of the process. */
  interface Listener {
    void append(Row row);

    void caseBegins(int index);

    /** Receives a line that a library printed. */
    void overhear(String line);
  }

  /**
   * End of a process.
   *
   * @param lastCase number of the case that was being measured; empty if none had begun; one past
   *     the last if all were done
   * @param atWork row of checks that blames the contender that was running, if one was
   * @param status cause, if the process ended early
   * @param reason description of the cause
   */
  record Outcome(
      OptionalInt lastCase, Optional<Row> atWork, int exit, ResultStatus status, String reason) {}

  private final Listener listener;
  private final int silenceSeconds;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private OptionalInt lastCase = OptionalInt.empty();
  private Optional<Row> atWork = Optional.empty();
  private boolean silent;
  private String lastWords = "";

  private ForkProcess(Listener listener, int silenceSeconds) {
    this.listener = listener;
    this.silenceSeconds = silenceSeconds;
  }

  /**
   * Starts a process and listens until it ends.
   *
   * @param variables added to its environment
   * @param silenceSeconds without output after which it is killed
   */
  static Outcome run(
      List<String> command, Map<String, String> variables, int silenceSeconds, Listener listener) {
    return new ForkProcess(listener, silenceSeconds).run(command, variables);
  }

  /** Ends this fork when its parent ends, so that it cannot disturb the next run. */
  static void tether() {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                while (System.in.read() >= 0) {}
              } catch (IOException e) {
                // As good as the end.
              }
              Runtime.getRuntime().halt(ORPHANED);
            });
  }

  private Outcome run(List<String> command, Map<String, String> variables) {
    long before = kills();
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
      return outcome(exit, exit == KILLED && kills() > before);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Processes that Linux has killed for lack of memory since its start; 0 if unknown. */
  private static long kills() {
    try (Stream<String> counters = Files.lines(Path.of("/proc/vmstat"))) {
      return counters
          .filter(line -> line.startsWith("oom_kill "))
          .mapToLong(line -> Long.parseLong(line.replaceAll(".* ", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  private Outcome outcome(int exit, boolean outOfMemory) {
    ResultStatus status = ResultStatus.RUNTIME_ERROR;
    String reason = "process died with exit code " + exit + ": " + lastWords;
    if (silent) {
      status = ResultStatus.TIMEOUT;
      reason = "no output for " + silenceSeconds + " s";
    } else if (outOfMemory) {
      status = ResultStatus.OOM;
      reason = "killed by the system: out of memory";
    } else if (lastWords.contains("OutOfMemoryError")) {
      status = ResultStatus.OOM;
    }
    return new Outcome(lastCase, atWork, exit, status, reason);
  }

  private void read(Process process) {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      output.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      lines.add("cannot read output: " + e);
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
      Message.parse(line).ifPresentOrElse(this::handle, () -> overhear(line));
    }
  }

  private void handle(Message message) {
    switch (message) {
      case Message.Append(Row row) -> listener.append(row);
      case Message.AtWork(Row blame) -> atWork = Optional.of(blame);
      case Message.CaseBegins(int index) -> {
        lastCase = OptionalInt.of(index);
        atWork = Optional.empty();
        listener.caseBegins(index);
      }
    }
  }

  /** Keeps the line as the reason if the process dies. */
  private void overhear(String line) {
    if (!line.isBlank()) {
      lastWords = line;
      listener.overhear(line);
    }
  }
}
