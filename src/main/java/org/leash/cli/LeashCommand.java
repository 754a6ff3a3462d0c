package org.leash.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.leash.UnavailableException;
import org.leash.cli.samples.PassAtKCommand;
import org.leash.cli.samples.SupportCommand;
import org.leash.device.DeviceId;
import org.leash.files.BadFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** The {@code leash} command: analysis of samples, training, reports, and checks of a machine. */
@Command(
    name = "leash",
    description = {
      "Measures the effect of reinforcement learning with verifiable rewards on a model,",
      "trains small exact policies, and checks the kernels on this machine."
    },
    mixinStandardHelpOptions = true,
    versionProvider = LeashCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "64:an option or its value is invalid",
      "65:a file's content is invalid",
      "69:a device or a file of the library is unavailable",
      "71:the heap, or the memory of a device, is too small",
      "74:a file cannot be read or written"
    },
    subcommands = {
      PassAtKCommand.class,
      SupportCommand.class,
      TrainCommand.class,
      ExperimentCommand.class,
      MetricsCommand.class,
      ReportCommand.class,
      VerifyCommand.class,
      DoctorCommand.class
    })
public final class LeashCommand {
  static final int USAGE = 64;
  static final int BAD_DATA = 65;
  static final int UNAVAILABLE = 69;
  static final int MEMORY = 71;
  static final int IO = 74;

  private LeashCommand() {}

  /** Runs the command and exits with its exit code. */
  public static void main(String[] arguments) {
    int code;
    try {
      code =
          commandLine()
              .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
              .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
              .execute(arguments);
    } catch (OutOfMemoryError e) {
      System.err.printf("%nleash: %s%n", explanation(e));
      code = MEMORY;
    }
    System.exit(code);
  }

  /** The JVM's errors about its heap do not say how to enlarge it; most others have a remedy. */
  static String explanation(OutOfMemoryError e) {
    String message = String.valueOf(e.getMessage());
    return message.matches(".*(heap space|GC overhead|array size|length exceeds).*")
        ? String.format(
            Locale.ROOT,
            "a heap of %d MB is too small: %s; set, for example, LEASH_JAVA_OPTS=-Xmx4g",
            Runtime.getRuntime().maxMemory() >> 20,
            message)
        : message + (message.contains(";") ? "" : "; use less memory, or a device with more");
  }

  static CommandLine commandLine() {
    CommandLine command =
        new CommandLine(new LeashCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .registerConverter(DeviceId.class, LeashCommand::device)
            .setExecutionExceptionHandler(LeashCommand::complain);
    for (CommandLine each : command.getSubcommands().values()) {
      each.getCommandSpec().exitCodeOnInvalidInput(USAGE);
    }
    command.getCommandSpec().exitCodeOnInvalidInput(USAGE);
    PathArguments.convert(command);
    return command;
  }

  private static DeviceId device(String name) {
    try {
      return DeviceId.parse(name);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.TypeConversionException(e.getMessage());
    }
  }

  /** Reports errors that users can correct as one line, without a stack trace. */
  private static int complain(Exception failure, CommandLine command, ParseResult parsed)
      throws Exception {
    int code =
        switch (failure) {
          case BadFileException e -> BAD_DATA;
          case IllegalArgumentException e -> USAGE;
          case UnavailableException e -> UNAVAILABLE;
          case UncheckedIOException e -> IO;
          default -> throw failure;
        };
    command.getErr().println("leash: " + failure.getMessage());
    return code;
  }

  /** The version in the manifest of the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = LeashCommand.class.getPackage().getImplementationVersion();
      return new String[] {"leash " + (version == null ? "(not packaged)" : version)};
    }
  }
}
