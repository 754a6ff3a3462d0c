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

/** Shows that comparison and gate say what they should of runs that were made up. */
@Command(
    name = "selftest",
    description =
        "Feeds the gate runs that were made up, and prints how often it raises a false alarm and"
            + " how often it finds a slowdown of 2 %%.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:all as it should be", "1:something is not", "64:an option is wrong"})
final class SelftestCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "simulated runs for each rate (default: ${DEFAULT-VALUE})")
  private int runs = 2000;

  @Override
  public Integer call() {
    if (runs < 1) {
      throw new IllegalArgumentException("--runs is " + runs + "; it is at least 1");
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
