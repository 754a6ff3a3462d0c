package org.leash.benchmarks.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.leash.UnavailableException;
import org.leash.benchmarks.compare.OtherEnvironmentException;
import org.leash.benchmarks.process.ForkCommand;
import org.leash.cli.PathArguments;
import org.leash.files.BadFileException;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code leash-bench}: measures kernels and evaluates the records. */
@Command(
    name = "leash-bench",
    description = "Measures kernels, interleaved and replicated, into CSV files.",
    mixinStandardHelpOptions = true,
    subcommands = {
      RunCommand.class,
      TuneCommand.class,
      DeriveCommand.class,
      ListCommand.class,
      CompareCommand.class,
      GateCommand.class,
      BenchReportCommand.class,
      ExportCommand.class,
      ImportCommand.class,
      BenchDoctorCommand.class,
      SelftestCommand.class,
      AutoComplete.GenerateCompletion.class,
      ForkCommand.class
    })
public final class LeashBench {
  private LeashBench() {}

  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int exit = commandLine().setOut(out).setErr(err).execute(arguments);
    out.flush();
    System.exit(exit);
  }

  static CommandLine commandLine() {
    CommandLine commandLine =
        new CommandLine(new LeashBench())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(LeashBench::complain);
    useExitCodes(commandLine);
    PathArguments.convert(commandLine);
    return commandLine;
  }

  private static void useExitCodes(CommandLine command) {
    command
        .getCommandSpec()
        .exitCodeOnInvalidInput(ExitCodes.USAGE)
        .exitCodeOnExecutionException(ExitCodes.SOFTWARE);
    command.getSubcommands().values().forEach(LeashBench::useExitCodes);
  }

  /** Reports errors that users can fix in one line, without a stack trace. */
  private static int complain(
      Exception failure, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
    int exit =
        switch (failure) {
          case BadFileException e -> ExitCodes.DATA;
          case OtherEnvironmentException e -> ExitCodes.OTHER_ENVIRONMENT;
          case IllegalArgumentException e -> ExitCodes.USAGE;
          case UnavailableException e -> ExitCodes.UNAVAILABLE;
          case UncheckedIOException e -> ExitCodes.IO;
          default -> throw failure;
        };
    String message =
        failure instanceof UncheckedIOException io
            ? io.getCause().getMessage()
            : failure.getMessage();
    command.getErr().println("leash-bench: " + message);
    return exit;
  }
}
