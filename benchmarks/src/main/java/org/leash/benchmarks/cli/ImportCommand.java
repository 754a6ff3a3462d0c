package org.leash.benchmarks.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.imports.Format;
import org.leash.benchmarks.imports.Imported;
import org.leash.benchmarks.record.Derivation;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.record.RunWriter;
import org.leash.files.BadFileException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Imports a result file of another tool as a run. */
@Command(
    name = "import",
    description = {
      "Imports a result file of another tool as a run: jmh-json, liger-csv, nvbench-json or"
          + " torch-csv.",
      "Its rows have the flag not_checked, as the file does not tell whether results were correct.",
      "torch-csv has a line per raw time of torch.utils.benchmark, with the columns label,"
          + " sub_label, description, num_threads, number_per_run, time_s."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the run has been written",
      "64:an option is invalid, or the folder holds a run",
      "65:the file is not of the format, or has no times",
      "74:the file cannot be read, or the folder cannot be written"
    })
final class ImportCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "FORMAT",
      converter = FormatConverter.class,
      description = "jmh-json, liger-csv, nvbench-json or torch-csv")
  private Format format;

  @Parameters(paramLabel = "FILE", description = "the result file")
  private Path file;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "folder of the run")
  private Path out;

  @Option(
      names = "--impl",
      paramLabel = "NAME",
      description = "implementation (default: the file's, or the tool)")
  private String impl = "";

  @Option(
      names = "--contract",
      paramLabel = "OUTPUTS",
      description =
          "outputs computed, as in our runs: 'logprob+entropy' (default: the file's, or 'unstated',"
              + " which equals no other)")
  private String contract = "";

  private static final class FormatConverter implements ITypeConverter<Format> {
    @Override
    public Format convert(String name) {
      for (Format each : Format.values()) {
        if (each.toString().equals(name)) {
          return each;
        }
      }
      throw new TypeConversionException(
          "'%s' is not one of %s".formatted(name, List.of(Format.values())));
    }
  }

  @Override
  public void run() {
    Imported imported = format.read(file, impl, contract);
    if (imported.samples() == 0) {
      throw new BadFileException(file + ": has no valid times");
    }
    List<Row> facts = imported.rows().stream().filter(row -> row.table() == RunTable.ENV).toList();
    List<Row> results;
    try (RunWriter folder = RunWriter.create(out, "imported-" + format, facts)) {
      imported.rows().stream().filter(row -> row.table() != RunTable.ENV).forEach(folder::append);
      folder.sync();
      results = Derivation.of(RecordedRun.read(out), "");
      folder.replace(RunTable.RESULTS, results);
      folder.done();
    }
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%d samples, %d results, %d events: %s%n",
            imported.samples(),
            results.size(),
            imported.rows().size() - facts.size() - imported.samples(),
            out.toAbsolutePath().normalize());
  }
}
