package org.leash.benchmarks.cli;

import java.nio.file.Path;
import org.leash.benchmarks.data.RecordedRun;
import org.leash.benchmarks.run.Derivation;
import org.leash.benchmarks.run.Report;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Prints the tables of a run again, from its samples, checks and ceilings; also of one that did not
 * end.
 */
@Command(
    name = "report",
    description = "Prints the tables of a run.",
    mixinStandardHelpOptions = true)
final class ReportCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "folder of the run")
  private Path folder;

  @Option(
      names = "--base",
      paramLabel = "VARIANT",
      description = "what ratios refer to (default: the fastest of ours)")
  private String base = "";

  @Override
  public void run() {
    spec.commandLine().getOut().print(Report.of(Derivation.of(RecordedRun.read(folder), base)));
  }
}
