package org.leash.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.leash.cli.Diagnosis.Finding;
import org.leash.device.DeviceId;
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
    for (Finding finding : findings) {
      out.printf("%-8s %-16s %s%n", finding.verdict().label(), finding.subject(), finding.detail());
      if (!finding.remedy().isEmpty()) {
        out.printf("%-25s → %s%n", "", finding.remedy());
      }
    }
    boolean able = findings.stream().noneMatch(Finding::isFatal);
    out.println(able ? device + " is ready" : device + " cannot run native kernels");
    out.flush();
    return able ? 0 : 1;
  }
}
