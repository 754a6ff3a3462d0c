package org.leash.benchmarks.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.leash.benchmarks.machine.Health;
import org.leash.benchmarks.machine.NoiseTrial;
import org.leash.benchmarks.plan.Plan;
import org.leash.binding.LeashLibrary;
import org.leash.environment.Finding;
import org.leash.environment.Finding.Severity;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tells whether this machine is fit for measurements. */
@Command(
    name = "doctor",
    description = {
      "Tells whether this machine is fit for measurements: noise floor, ceilings, clocks, load,"
          + " GPUs, Java and library, with remedies. Takes about ten seconds."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:fit, apart from anything marked poor",
      "4:unfit: something is BAD",
      "64:an option is invalid"
    })
final class BenchDoctorCommand implements Callable<Integer> {
  private static final Map<Severity, String> LABELS =
      Map.of(Severity.GOOD, "ok", Severity.POOR, "poor", Severity.BAD, "BAD");

  @Spec private CommandSpec spec;

  @Option(names = "--quick", description = "only inspect, without measuring")
  private boolean quick;

  @Override
  public Integer call() {
    List<Finding> looked = Health.findings();
    PrintWriter out = spec.commandLine().getOut();
    looked.forEach(finding -> print(out, finding));
    boolean bad = looked.stream().anyMatch(Finding::isBad);
    if (!quick && LeashLibrary.isLoaded()) {
      for (int threads : Plan.defaultThreads()) {
        List<Finding> measured = NoiseTrial.symptoms(threads);
        measured.forEach(finding -> print(out, finding));
        bad |= measured.stream().anyMatch(Finding::isBad);
      }
    }
    out.println(bad ? "fix this before measuring" : "this machine can measure");
    out.flush();
    return bad ? ExitCodes.OTHER_ENVIRONMENT : ExitCodes.OK;
  }

  private static void print(PrintWriter out, Finding finding) {
    out.print(finding.describe(LABELS.get(finding.severity()), 5, 14));
    out.flush();
  }
}
