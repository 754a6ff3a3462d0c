package org.leash.benchmarks.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.gate.Gate;
import org.leash.benchmarks.gate.GateFinding;
import org.leash.benchmarks.gate.GatePolicy;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.report.BenchmarkReport;
import org.leash.benchmarks.report.MarkdownReport;
import org.leash.files.Durable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reports on runs, finished or not, on the terminal or as a page. */
@Command(
    name = "report",
    description = {
      "Prints the tables of runs, or writes them as one page: self-contained HTML with plots, or"
          + " Markdown."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:reported, regardless of the results",
      "4:the runs are of different environments",
      "64:an option or its value is invalid",
      "65:the content of a file is invalid",
      "74:a file cannot be read or written"
    })
final class BenchReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "RUN", description = "folders of runs")
  private List<Path> folders;

  @Option(
      names = "--base",
      paramLabel = "VARIANT",
      description = "variant to compare with (default: our most frequent winner)")
  private String base = "";

  @Option(
      names = "--against",
      paramLabel = "DIR",
      description = "an earlier run to compare each with, and gate it")
  private Path against;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "policy of the gate, with --against")
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
        spec.commandLine().getOut().print(Output.table(inside(RecordedRun.read(folder))));
      }
      return ExitCodes.OK;
    }
    boolean html = out.toString().endsWith(".html");
    if (!html && !out.toString().endsWith(".md")) {
      throw new IllegalArgumentException("--out is " + out + "; it must end in .html or .md");
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
      options.requireSameEnvironment(earlier, run);
      Question question = options.between(earlier, run);
      List<GateFinding> findings = Gate.findings(question, policy, options.crossEnvironment());
      parts.add(new BenchmarkReport.Part(question, Optional.of(findings)));
    }
    Durable.write(
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
