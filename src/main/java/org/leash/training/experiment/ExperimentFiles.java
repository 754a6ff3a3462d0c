package org.leash.training.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.leash.analysis.Interval;

/** The files of the experiment: a row a run, a row a figure of an arm. */
public final class ExperimentFiles {
  private ExperimentFiles() {}

  /** The figures that say something about a task. */
  public static List<String> shown(String task) {
    return switch (task) {
      case "strategies" ->
          List.of("pass@1", "pass@16", "pass@256", "problem_srr", "answer_entropy");
      case "traces:6:4" -> List.of("pass@1", "srr", "token_entropy", "answer_entropy");
      default -> List.of("pass@1", "modes", "srr", "ndr", "answer_entropy");
    };
  }

  /** Writes runs.csv, summary.csv and summary.svg into a folder. */
  public static void write(Path folder, List<Outcome> outcomes, List<Summary> summaries) {
    try {
      Files.createDirectories(folder);
      List<String> runs = new ArrayList<>();
      runs.add("task,arm,seed,figure,value");
      for (Outcome outcome : outcomes) {
        outcome
            .figures()
            .forEach(
                (figure, value) ->
                    runs.add(row(outcome.task(), outcome.arm(), outcome.seed(), figure, value)));
      }
      Files.write(folder.resolve("runs.csv"), runs);
      List<String> rows = new ArrayList<>();
      rows.add("task,arm,seeds,figure,mean,low,high");
      for (Summary summary : summaries) {
        summary
            .figures()
            .forEach(
                (figure, of) ->
                    rows.add(
                        row(
                            summary.task(),
                            summary.arm(),
                            summary.seeds(),
                            figure,
                            of.value(),
                            defined(of, of.low()),
                            defined(of, of.high()))));
      }
      Files.write(folder.resolve("summary.csv"), rows);
      Files.writeString(folder.resolve("summary.svg"), Picture.of(summaries));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object defined(Interval of, double end) {
    return Double.isNaN(of.low()) ? "" : (Object) end;
  }

  private static String row(Object... cells) {
    return CSVFormat.RFC4180.format(cells);
  }
}
