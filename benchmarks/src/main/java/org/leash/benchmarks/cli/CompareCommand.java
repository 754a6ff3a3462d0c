package org.leash.benchmarks.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.record.Environment;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.report.ComparisonExport;
import org.leash.benchmarks.report.MarkdownReport;
import org.leash.benchmarks.report.TextReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Compares two runs, or the contenders of one. It reports and does not judge: that is the gate's.
 */
@Command(
    name = "compare",
    description = {
      "Compares two runs, or with --axis the contenders of one.",
      "Contenders of one run are compared fork by fork and round by round, which tells differences"
          + " of a percent or two; two runs only by their forks' spread, which takes several"
          + " percent or many forks."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:compared, whatever the verdicts",
      "4:the runs are of different environments",
      "64:an option or its value is wrong",
      "65:a file's content is wrong",
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
      description = "folder of the run that is held against it")
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
          "inside one run: the value of the column that the others are held against (default, of"
              + " variants: ours that is fastest most often)")
  private String baseValue;

  @Option(names = "--format", description = "${COMPLETION-CANDIDATES} (default: text)")
  private Format format = Format.TEXT;

  @Option(
      names = "--width",
      paramLabel = "N",
      description = "characters of a line (default: the terminal's, or 120)")
  private Integer width;

  @Mixin private ComparisonOptions options;
  @Mixin private OutputOption output;

  @Override
  public Integer call() {
    if (candidate != null && baseValue != null) {
      throw new IllegalArgumentException(
          "--base VALUE is for the inside of one run; two runs are compared as they are");
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
      List<Environment.Difference> obstacles = Question.obstacles(baseRun, candidateRun);
      if (!obstacles.isEmpty() && !options.crossEnvironment()) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("leash-bench: " + ComparisonOptions.refusal(obstacles));
        return ExitCodes.OTHER_ENVIRONMENT;
      }
      question = options.between(baseRun, candidateRun);
    }
    if (question.answer().rows().isEmpty()) {
      throw new IllegalArgumentException(
          "there is nothing to compare; does --where leave anything?");
    }
    output.write(
        spec,
        switch (format) {
          case TEXT -> text(question);
          case MARKDOWN -> MarkdownReport.of(question);
          case CSV -> ComparisonExport.csv(question);
          case JSON -> ComparisonExport.json(question);
        });
    return ExitCodes.OK;
  }

  private String text(Question question) {
    boolean terminal = output.isTerminal();
    int columns = width != null ? width : terminal ? Terminal.columns() : Terminal.DEFAULT_COLUMNS;
    return TextReport.of(question, terminal ? Ansi.AUTO : Ansi.OFF, columns);
  }
}
