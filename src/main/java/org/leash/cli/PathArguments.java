package org.leash.cli;

import java.nio.file.Path;
import org.leash.BadPathException;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;

/**
 * Paths on a command line. A text that names none in the locale is reported on one line, without
 * the usage, as the command is right and the locale is not.
 */
public final class PathArguments {
  private PathArguments() {}

  /** Converts the paths of a command and of its subcommands, which must be complete. */
  public static void convert(CommandLine command) {
    IParameterExceptionHandler usual = command.getParameterExceptionHandler();
    command
        .registerConverter(Path.class, BadPathException::parse)
        .setParameterExceptionHandler(
            (failure, arguments) -> {
              if (!(failure.getCause() instanceof BadPathException bad)) {
                return usual.handleParseException(failure, arguments);
              }
              CommandLine asked = failure.getCommandLine();
              String name = asked.getCommandSpec().root().name();
              asked.getErr().println(name + ": " + bad.getMessage());
              return asked.getCommandSpec().exitCodeOnInvalidInput();
            });
  }
}
