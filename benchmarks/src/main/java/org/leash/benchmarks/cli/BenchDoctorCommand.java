package org.leash.benchmarks.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.leash.benchmarks.machine.Health;
import org.leash.benchmarks.machine.NoiseTrial;
import org.leash.benchmarks.machine.Symptom;
import org.leash.benchmarks.machine.Symptom.Verdict;
import org.leash.benchmarks.plan.Plan;
import org.leash.binding.LeashLibrary;
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
  @Spec private CommandSpec spec;

  @Option(names = "--quick", description = "only inspect, without measuring")
  private boolean quick;

  @Override
  public Integer call() {
    List<Symptom> looked = Health.findings();
    PrintWriter out = spec.commandLine().getOut();
    looked.forEach(finding -> print(out, finding));
    boolean bad = looked.stream().anyMatch(BenchDoctorCommand::isBad);
    if (!quick && LeashLibrary.isLoaded()) {
      for (int threads : Plan.defaultThreads()) {
        List<Symptom> measured = NoiseTrial.symptoms(threads);
        measured.forEach(finding -> print(out, finding));
        bad |= measured.stream().anyMatch(BenchDoctorCommand::isBad);
      }
    }
    out.println(bad ? "fix this before measuring" : "this machine can measure");
    out.flush();
    return bad ? ExitCodes.OTHER_ENVIRONMENT : ExitCodes.OK;
  }

  private static boolean isBad(Symptom finding) {
    return finding.verdict() == Verdict.BAD;
  }

  private static void print(PrintWriter out, Symptom finding) {
    out.printf("%-5s %-14s %s%n", finding.verdict().label(), finding.subject(), finding.detail());
    if (!finding.remedy().isEmpty()) {
      out.printf("%-20s → %s%n", "", finding.remedy());
    }
    out.flush();
  }
}
