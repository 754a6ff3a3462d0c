package org.leash.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.leash.device.DeviceId;
import org.leash.environment.Finding;
import org.leash.environment.Finding.Severity;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Reports what the kernels can use on this machine, what is missing, and the remedies.",
      "Exit code 0: the kernels of the device can run; 1: they cannot."
    })
final class DoctorCommand implements Callable<Integer> {
  private static final Map<Severity, String> LABELS =
      Map.of(Severity.GOOD, "ok", Severity.POOR, "less", Severity.BAD, "MISSING");

  @Spec private CommandSpec command;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cpu",
      description = "device that must work (default: ${DEFAULT-VALUE})")
  private DeviceId device;

  @Override
  public Integer call() {
    PrintWriter out = command.commandLine().getOut();
    List<Finding> findings = Diagnosis.of(device);
    findings.forEach(each -> out.print(each.describe(LABELS.get(each.severity()), 8, 16)));
    boolean able = findings.stream().noneMatch(Finding::isBad);
    out.println(able ? device + " is ready" : device + " cannot run native kernels");
    out.flush();
    return able ? 0 : 1;
  }
}
