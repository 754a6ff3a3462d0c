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

/** Says whether this machine can measure. */
@Command(
    name = "doctor",
    description = {
      "Says whether this machine can measure: noise floor, ceilings, clocks, load, GPUs, Java and"
          + " library, and what to do about what is wrong. Takes some ten seconds."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it can, apart from what is called poor",
      "4:it cannot: something is BAD",
      "64:an option is wrong"
    })
final class BenchDoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--quick", description = "only look, measure nothing")
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
    out.println(bad ? "do not measure here before that is mended" : "this machine can measure");
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
