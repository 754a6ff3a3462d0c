package org.leash.benchmarks.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Where a report goes: a file, which is whole or not there at all, or standard output. */
final class OutputOption {
  @Option(names = "--out", paramLabel = "FILE", description = "write here (default: the terminal)")
  private Path out;

  boolean isTerminal() {
    return out == null;
  }

  void write(CommandSpec spec, String text) {
    if (out == null) {
      spec.commandLine().getOut().print(text);
      spec.commandLine().getOut().flush();
    } else {
      replace(out, text);
    }
  }

  /** Puts a text in the place of a file in one step. */
  static void replace(Path file, String text) {
    Path target = file.toAbsolutePath();
    try {
      Path draft = target.resolveSibling(target.getFileName() + ".tmp");
      try {
        Files.writeString(draft, text);
        Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(draft);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("%s cannot be written: %s".formatted(file, e), e));
    }
  }
}
