package org.leash.benchmarks.cli;

import java.nio.file.Path;
import org.leash.benchmarks.csv.WholeFile;
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
      WholeFile.replace(out, text);
    }
  }
}
