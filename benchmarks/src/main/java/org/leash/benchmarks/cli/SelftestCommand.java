package org.leash.benchmarks.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import org.leash.benchmarks.selftest.SelfTest;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tests comparison and gate with simulated runs. */
@Command(
    name = "selftest",
    description =
        "Tests the gate with simulated runs; prints the rates of false alarms and of slowdowns of 2"
            + " %% found.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:passed", "1:failed", "64:an option is invalid"})
final class SelftestCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "simulated runs per rate (default: ${DEFAULT-VALUE})")
  private int runs = 2000;

  @Override
  public Integer call() {
    if (runs < 1) {
      throw new IllegalArgumentException("--runs is " + runs + "; it must be at least 1");
    }
    PrintWriter out = spec.commandLine().getOut();
    boolean passed = SelfTest.run(out, runs, SelftestCommand::execute);
    out.flush();
    return passed ? 0 : 1;
  }

  private static SelfTest.Answer execute(String... arguments) {
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said);
    CommandLine command = LeashBench.commandLine().setOut(writer).setErr(writer);
    return new SelfTest.Answer(command.execute(arguments), said.toString());
  }
}
