package org.leash.benchmarks.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.csv.WholeFile;
import org.leash.benchmarks.gate.Gate;
import org.leash.benchmarks.gate.GateFinding;
import org.leash.benchmarks.gate.GatePolicy;
import org.leash.benchmarks.record.Environment;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.report.BenchmarkReport;
import org.leash.benchmarks.report.MarkdownReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells what runs hold, also of those that did not end: on the terminal, or as a page. */
@Command(
    name = "report",
    description = {
      "Prints the tables of runs, or writes them as one page: HTML that opens from disk with plots"
          + " and all, or Markdown."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:reported, whatever the runs say",
      "4:the runs are of different environments",
      "64:an option or its value is wrong",
      "65:a file's content is wrong",
      "74:a file cannot be read or written"
    })
final class BenchReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "RUN", description = "folders of runs")
  private List<Path> folders;

  @Option(
      names = "--base",
      paramLabel = "VARIANT",
      description = "what the others are held against (default: ours that is fastest most often)")
  private String base = "";

  @Option(
      names = "--against",
      paramLabel = "DIR",
      description = "an earlier run that each is held against, and gated")
  private Path against;

  @Option(names = "--policy", paramLabel = "FILE", description = "of the gate, with --against")
  private Path policyFile;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "write FILE.html or FILE.md (default: tables on the terminal)")
  private Path out;

  @Mixin private ComparisonOptions options;

  @Override
  public Integer call() {
    if (out == null) {
      for (Path folder : folders) {
        spec.commandLine().getOut().print(Terminal.table(inside(RecordedRun.read(folder))));
      }
      return ExitCodes.OK;
    }
    boolean html = out.toString().endsWith(".html");
    if (!html && !out.toString().endsWith(".md")) {
      throw new IllegalArgumentException("--out is " + out + "; it ends in .html or .md");
    }
    GatePolicy policy = policyFile == null ? GatePolicy.none() : GatePolicy.read(policyFile);
    List<BenchmarkReport.Part> parts = new ArrayList<>();
    for (Path folder : folders) {
      RecordedRun run = RecordedRun.read(folder);
      if (against == null) {
        parts.add(new BenchmarkReport.Part(inside(run), Optional.empty()));
        continue;
      }
      RecordedRun earlier = RecordedRun.read(against);
      List<Environment.Difference> obstacles = Question.obstacles(earlier, run);
      if (!obstacles.isEmpty() && !options.crossEnvironment()) {
        spec.commandLine().getErr().println("leash-bench: " + ComparisonOptions.refusal(obstacles));
        return ExitCodes.OTHER_ENVIRONMENT;
      }
      Question question = options.between(earlier, run);
      List<GateFinding> findings = Gate.findings(question, policy, options.crossEnvironment());
      parts.add(new BenchmarkReport.Part(question, Optional.of(findings)));
    }
    WholeFile.replace(
        out,
        html
            ? BenchmarkReport.html(parts)
            : parts.stream()
                .map(part -> MarkdownReport.of(part.question()))
                .collect(Collectors.joining("\n")));
    spec.commandLine().getOut().println(out);
    return ExitCodes.OK;
  }

  private Question inside(RecordedRun run) {
    return options.inside(run, "variant", Optional.of(base).filter(name -> !name.isEmpty()));
  }
}
