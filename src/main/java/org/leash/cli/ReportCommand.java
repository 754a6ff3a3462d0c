package org.leash.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.leash.files.Durable;
import org.leash.training.record.RunMetrics;
import org.leash.training.report.RunReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {
      "Writes an HTML page about training runs, which needs neither network nor scripts.",
      "Runs that differ only by their seed become one curve with an interval."
    })
final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(arity = "1..*", paramLabel = "RUN", description = "folders of leash train")
  private List<Path> folders;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "default: report.html in the first folder")
  private Path out;

  @Override
  public Integer call() {
    List<RunMetrics> runs = new ArrayList<>();
    Path file = out == null ? folders.getFirst().resolve("report.html") : out;
    try {
      for (Path folder : folders) {
        if (!Files.exists(folder.resolve("metrics.jsonl"))) {
          throw new IllegalArgumentException(
              folder + " has no metrics.jsonl; name the folder of a run of leash train");
        }
        runs.add(RunMetrics.read(folder));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Durable.write(file, RunReport.of(runs));
    command.commandLine().getOut().println(file);
    return 0;
  }
}
