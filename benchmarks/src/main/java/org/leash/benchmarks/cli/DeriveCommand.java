package org.leash.benchmarks.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.record.Derivation;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.record.RunWriter;
import org.leash.benchmarks.record.Seal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Derives results.csv again from the samples, checks and ceilings of a run. */
@Command(
    name = "derive",
    description = {
      "Derives results.csv of a run again from its samples, checks and ceilings.",
      "The same files give identical results; works for unfinished runs, too."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:results.csv has been written",
      "64:an option is invalid, or the folder is in use",
      "65:a file of the run is invalid",
      "74:the folder holds no run, or cannot be read or written"
    })
final class DeriveCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "folder of the run")
  private Path folder;

  @Option(
      names = "--base",
      paramLabel = "VARIANT",
      description = "base of ratios (default: that of the run)")
  private String base;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    RecordedRun run = RecordedRun.read(folder);
    String reference = base == null ? run.environment().get("run.base").orElse("") : base;
    List<Row> results = Derivation.of(run, reference);
    Path file = folder.resolve(RunTable.RESULTS.file());
    String before = hash(file);
    try (RunWriter opened = RunWriter.open(folder, run.runId())) {
      opened.replaceSealed(RunTable.RESULTS, results);
    }
    run.remarks().forEach(remark -> out.println("remark: " + remark));
    out.printf(
        Locale.ROOT,
        "%s: %d rows, %s%n",
        file,
        results.size(),
        hash(file).equals(before) ? "as they were" : "not as they were");
  }

  private static String hash(Path file) {
    return Files.exists(file) ? Seal.sha256(file) : "";
  }
}
