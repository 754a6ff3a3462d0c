package org.leash.benchmarks.process;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress of a run and its estimated end: a bar on a terminal, otherwise a line per case. */
interface Progress extends AutoCloseable {

  /** Begins the next step. */
  void step(String label);

  /** Removes steps that are not needed. */
  void skip(int count);

  /** Prints a message. */
  void say(String line);

  @Override
  void close();

  /** Progress of some steps, on standard error. */
  static Progress of(int steps) {
    boolean terminal =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    return terminal ? new Bar(steps) : new Lines(steps, System.err);
  }

  /** A bar with the remaining time. */
  final class Bar implements Progress {
    private final ProgressBar bar;
    private boolean begun;

    private Bar(int steps) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("leash-bench")
              .setInitialMax(steps)
              .setStyle(ProgressBarStyle.ASCII)
              .build();
    }

    @Override
    public void step(String label) {
      if (begun) {
        bar.step();
      }
      begun = true;
      bar.setExtraMessage(" " + label);
    }

    @Override
    public void skip(int count) {
      bar.maxHint(bar.getMax() - count);
    }

    @Override
    public void say(String line) {
      bar.setExtraMessage(" " + line);
    }

    @Override
    public void close() {
      bar.close();
    }
  }

  /** Plain lines for logs. */
  final class Lines implements Progress {
    private final PrintStream err;
    private int steps;
    private final long begin = System.nanoTime();
    private int begun;

    Lines(int steps, PrintStream err) {
      this.steps = steps;
      this.err = err;
    }

    @Override
    public void step(String label) {
      Duration left = Duration.ofNanos(0);
      if (begun > 0) {
        left = Duration.ofNanos((System.nanoTime() - begin) / begun * (steps - begun));
      }
      begun++;
      String eta =
          begun == 1
              ? ""
              : String.format(
                  Locale.ROOT, "  ETA %02d:%02d", left.toMinutes(), left.toSecondsPart());
      err.printf(Locale.ROOT, "[%3d/%d] %s%s%n", begun, steps, label, eta);
    }

    @Override
    public void skip(int count) {
      steps -= count;
    }

    @Override
    public void say(String line) {
      err.println("        " + line);
    }

    @Override
    public void close() {
      err.flush();
    }
  }
}
