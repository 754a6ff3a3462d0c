package org.leash.benchmarks.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.report.TextReport;
import org.leash.files.Durable;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Destination of a report: a file, written atomically, or the terminal, if there is one. */
final class Output {
  private static final int DEFAULT_COLUMNS = 120;

  @Option(names = "--out", paramLabel = "FILE", description = "write here (default: the terminal)")
  private Path out;

  void write(CommandSpec spec, String text) {
    if (out == null) {
      spec.commandLine().getOut().print(text);
      spec.commandLine().getOut().flush();
    } else {
      Durable.write(out, text);
    }
  }

  /**
   * A comparison in the width and the colours of the destination.
   *
   * @param width columns; null for the destination's
   */
  String table(Question question, Integer width) {
    boolean terminal = out == null;
    int columns = width != null ? width : terminal ? columns() : DEFAULT_COLUMNS;
    return TextReport.of(question, terminal ? Ansi.AUTO : Ansi.OFF, columns);
  }

  /** A comparison in the width and the colours of the terminal. */
  static String table(Question question) {
    return TextReport.of(question, Ansi.AUTO, columns());
  }

  /** Width of the terminal. */
  private static int columns() {
    return columns(System.getenv("COLUMNS")).or(Output::ask).orElse(DEFAULT_COLUMNS);
  }

  private static Optional<Integer> columns(String text) {
    return Optional.ofNullable(text)
        .filter(each -> each.matches("[1-9]\\d{0,3}"))
        .map(Integer::valueOf);
  }

  /** Asks stty, which knows the width if standard input is the terminal. */
  private static Optional<Integer> ask() {
    if (Optional.ofNullable(System.console()).filter(Console::isTerminal).isEmpty()) {
      return Optional.empty();
    }
    try {
      Process process =
          new ProcessBuilder("stty", "size")
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String size =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return columns(size.replaceAll(".* ", ""));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
