package org.leash.benchmarks.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.report.ComparisonExport;
import org.leash.benchmarks.report.MarkdownReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares two runs, or the contenders of one. Reports without judging, unlike the gate. */
@Command(
    name = "compare",
    description = {
      "Compares two runs, or with --axis the contenders of one.",
      "Contenders of one run are compared by fork and round, which detects differences of one or"
          + " two percent; two runs only by the spread of their forks, which needs several percent"
          + " or many forks."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:compared, regardless of the verdicts",
      "4:the runs are of different environments",
      "64:an option or its value is invalid",
      "65:the content of a file is invalid",
      "74:a file cannot be read or written"
    })
final class CompareCommand implements Callable<Integer> {
  private enum Format {
    TEXT,
    MARKDOWN,
    CSV,
    JSON
  }

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "BASE", description = "folder of the run")
  private Path base;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "CAND",
      description = "folder of the run to compare with it")
  private Path candidate;

  @Option(
      names = "--axis",
      paramLabel = "COLUMN",
      description = "compare inside one run, along this column (default: variant)")
  private String axis = "variant";

  @Option(
      names = "--base",
      paramLabel = "VALUE",
      description =
          "inside one run: the value of the column that the others are compared with (default for"
              + " variants: our most frequent winner)")
  private String baseValue;

  @Option(names = "--format", description = "${COMPLETION-CANDIDATES} (default: text)")
  private Format format = Format.TEXT;

  @Option(
      names = "--width",
      paramLabel = "N",
      description = "width of lines (default: the terminal's, or 120)")
  private Integer width;

  @Mixin private ComparisonOptions options;
  @Mixin private Output output;

  @Override
  public Integer call() {
    if (candidate != null && baseValue != null) {
      throw new IllegalArgumentException(
          "--base VALUE is for comparisons inside of one run, not between two");
    }
    if (candidate == null && baseValue == null && !axis.equals("variant")) {
      throw new IllegalArgumentException("--axis " + axis + " needs a --base VALUE");
    }
    RecordedRun baseRun = RecordedRun.read(base);
    Question question;
    if (candidate == null) {
      question = options.inside(baseRun, axis, Optional.ofNullable(baseValue));
    } else {
      RecordedRun candidateRun = RecordedRun.read(candidate);
      options.requireSameEnvironment(baseRun, candidateRun);
      question = options.between(baseRun, candidateRun);
    }
    if (question.answer().rows().isEmpty()) {
      throw new IllegalArgumentException("nothing to compare; check --where");
    }
    output.write(
        spec,
        switch (format) {
          case TEXT -> output.table(question, width);
          case MARKDOWN -> MarkdownReport.of(question);
          case CSV -> ComparisonExport.csv(question);
          case JSON -> ComparisonExport.json(question);
        });
    return ExitCodes.OK;
  }
}
