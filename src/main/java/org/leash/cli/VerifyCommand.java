package org.leash.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.leash.UnavailableException;
import org.leash.cli.ConformanceSuite.Outcome;
import org.leash.cli.ConformanceSuite.Shapes;
import org.leash.device.Device;
import org.leash.device.DeviceId;
import org.leash.kernel.Catalogue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the conformance suite on a device: every operation and variant that runs there, every"
          + " dtype, over shapes, distributions and options, against the double-precision"
          + " reference.",
      "Exit code 0: every test passed; 1: one failed, or none ran; 69: there is no such device."
    })
final class VerifyCommand implements Callable<Integer> {
  private static final int FAILED = 1;

  @Spec private CommandSpec command;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cpu",
      description = "cpu, or cuda:0 for the first GPU (default: ${DEFAULT-VALUE})")
  private DeviceId device;

  @Option(
      names = "--variants",
      paramLabel = "NAMES",
      defaultValue = "*",
      description = "only these, such as native-resident,java-* (default: all)")
  private String variants;

  @Option(
      names = "--shapes",
      paramLabel = "all|small",
      defaultValue = "all",
      description = "small: rows of a few thousand, for sanitizers (default: ${DEFAULT-VALUE})")
  private Shapes shapes;

  @Override
  public Integer call() {
    PrintWriter out = command.commandLine().getOut();
    ConformanceSuite suite =
        ServiceLoader.load(ConformanceSuite.class)
            .findFirst()
            .orElseThrow(
                () ->
                    new UnavailableException(
                        "the conformance suite is not on the class path; run bin/leash of the"
                            + " bundle that `make bundle` builds, or `mvn verify`"));
    try (Device opened = device.open()) {
      out.println(device + ": " + opened.properties().name());
      Catalogue.of(opened).variants().stream()
          .filter(variant -> !variant.available())
          .forEach(
              variant ->
                  out.printf(
                      "not here: %s by %s: %s%n",
                      variant.operation(), variant.name(), variant.reason()));
    }
    out.flush();
    Outcome outcome = suite.run(device, variants, shapes, out);
    boolean passed = outcome.failed() == 0 && outcome.passed() > 0;
    out.printf(
        Locale.ROOT,
        "%s on %s: %d tests passed, %d failed, %d do not apply%n",
        passed ? "PASSED" : "FAILED",
        device,
        outcome.passed(),
        outcome.failed(),
        outcome.skipped());
    out.flush();
    return passed ? 0 : FAILED;
  }
}
