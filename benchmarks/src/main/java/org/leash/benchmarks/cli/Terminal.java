package org.leash.benchmarks.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.report.TextReport;
import picocli.CommandLine.Help.Ansi;

/** The terminal that the command was typed at, if it was. */
final class Terminal {
  static final int DEFAULT_COLUMNS = 120;

  private Terminal() {}

  /** A comparison as wide as the terminal, in its colours if it has any. */
  static String table(Question question) {
    return TextReport.of(question, Ansi.AUTO, columns());
  }

  /** Characters in a line. */
  static int columns() {
    return columns(System.getenv("COLUMNS")).or(Terminal::ask).orElse(DEFAULT_COLUMNS);
  }

  private static Optional<Integer> columns(String text) {
    return Optional.ofNullable(text)
        .filter(each -> each.matches("[1-9]\\d{0,3}"))
        .map(Integer::valueOf);
  }

  /** Asks stty, which knows if standard input is the terminal. */
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
