package org.leash.benchmarks.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.leash.benchmarks.input.CaseExport;
import org.leash.benchmarks.plan.CaseKey;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.Suite;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Exports inputs and references of a suite for other programs. */
@Command(
    name = "export",
    description = {
      "Exports the inputs of a suite's cases, the reference's results, and the columns of the CSV"
          + " files, for other programs such as peers/gpu/peers.py."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the files have been written",
      "64:an option or its value is invalid",
      "74:the folder cannot be written"
    })
final class ExportCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--suite",
      defaultValue = "gpu",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Suite suite;

  @Option(names = "--filter", paramLabel = "REGEX", description = "only matching cases")
  private Pattern filter = Pattern.compile("");

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "folder to write")
  private Path out;

  @Override
  public void run() {
    List<KernelCase> cases =
        suite.cases().stream().filter(each -> filter.matcher(each.toString()).find()).toList();
    if (cases.isEmpty()) {
      throw new IllegalArgumentException("no case matches --filter '" + filter + "'");
    }
    PrintWriter err = spec.commandLine().getErr();
    CaseExport.write(
        out,
        cases,
        cases.stream().map(each -> CaseKey.forPeers(suite, each)).toList(),
        file -> {
          err.println(file);
          err.flush();
        });
    spec.commandLine().getOut().println(out.toAbsolutePath().normalize());
    spec.commandLine().getOut().flush();
  }
}
