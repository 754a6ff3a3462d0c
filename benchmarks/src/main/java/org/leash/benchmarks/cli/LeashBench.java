package org.leash.benchmarks.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Measures the kernels and keeps what was measured. */
@Command(
    name = "leash-bench",
    description = "Measures kernels, interleaved and replicated, into CSV files.",
    mixinStandardHelpOptions = true,
    subcommands = {RunCommand.class, ListCommand.class, ReportCommand.class, ForkCommand.class})
public final class LeashBench {
  private LeashBench() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new LeashBench())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(LeashBench::complain);
  }

  /** What users can do something about needs a line, not a stack trace. */
  private static int complain(
      Exception failure, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
    if (failure instanceof IllegalArgumentException) {
      command.getErr().println("leash-bench: " + failure.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    throw failure;
  }
}
