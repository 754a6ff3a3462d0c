package org.leash.benchmarks.selftest;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.commons.io.file.PathUtils;
import org.leash.BadPathException;

/**
 * Tests that the gate fails when it should: every exit code of the command on runs on disk, then
 * the rates of {@link Rates}.
 */
public final class SelfTest {
  /** Result of a command. */
  public record Answer(int exitCode, String output) {}

  /** Runs {@code leash-bench}. */
  public interface Shell {
    Answer execute(String... arguments);
  }

  private final PrintWriter out;
  private boolean passed = true;

  private SelfTest(PrintWriter out) {
    this.out = out;
  }

  /**
   * Runs all tests and prints their results.
   *
   * @param runs number of simulations per rate
   * @return whether all passed
   */
  public static boolean run(PrintWriter out, int runs, Shell shell) {
    SelfTest test = new SelfTest(out);
    try {
      Path folder =
          Files.createTempDirectory(
              BadPathException.parse(System.getProperty("java.io.tmpdir")), "leash-bench-selftest");
      try {
        for (Scenario scenario : Scenario.values()) {
          test.exitCode(scenario, folder.resolve(scenario.name()), shell);
        }
      } finally {
        PathUtils.deleteDirectory(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Rates.all(runs).forEach(test::rate);
    return test.passed;
  }

  private void exitCode(Scenario scenario, Path folder, Shell shell) throws IOException {
    Answer answer = shell.execute(scenario.prepare(folder).toArray(String[]::new));
    boolean ok = answer.exitCode() == scenario.exitCode();
    line(
        ok,
        String.format(Locale.ROOT, "exit %2d  %s", answer.exitCode(), scenario.description())
            + (ok
                ? ""
                : String.format(
                    Locale.ROOT, ", not %d: %s", scenario.exitCode(), answer.output().strip())));
  }

  private void rate(Rates.Rate rate) {
    line(
        rate.isAsItShould(),
        String.format(
            Locale.ROOT, "%6.2f %%  %s (%s)", rate.pct(), rate.what(), rate.requirement()));
  }

  private void line(boolean ok, String text) {
    out.println((ok ? "ok    " : "FAIL  ") + text);
    passed &= ok;
  }
}
