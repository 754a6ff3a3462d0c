package org.leash.training.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.leash.analysis.Interval;
import org.leash.files.Durable;
import org.leash.training.record.Journal;

/** The files of the experiment: one row per figure of a run, and per figure of an arm. */
public final class ExperimentFiles {
  private ExperimentFiles() {}

  /** The figures that are informative for a task. */
  public static List<String> shown(String task) {
    return switch (task) {
      case "strategies" ->
          List.of("pass@1", "pass@16", "pass@256", "problem_srr", "answer_entropy");
      case "traces:6:4" -> List.of("pass@1", "srr", "token_entropy", "answer_entropy");
      default -> List.of("pass@1", "modes", "srr", "ndr", "answer_entropy");
    };
  }

  /**
   * Opens the journal of an experiment in a folder.
   *
   * @param settings of the experiment that its figures depend on, without the number of seeds
   * @param resume whether to continue an existing one
   * @throws IllegalArgumentException the folder holds an experiment and resume is false, or it has
   *     other settings
   * @throws org.leash.files.BadFileException the journal is damaged
   */
  public static Journal<Outcome> journal(
      Path folder, Map<String, Object> settings, boolean resume) {
    try {
      return Journal.open(folder, settings, resume, Outcome::toMap, Outcome::of);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": " + e.getMessage(), e);
    }
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
      Durable.write(folder.resolve("runs.csv"), lines(runs));
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
      Durable.write(folder.resolve("summary.csv"), lines(rows));
      Durable.write(folder.resolve("summary.svg"), Picture.of(summaries));
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": " + e.getMessage(), e);
    }
  }

  private static String lines(List<String> lines) {
    return String.join("\n", lines) + "\n";
  }

  private static Object defined(Interval of, double end) {
    return Double.isNaN(of.low()) ? "" : (Object) end;
  }

  private static String row(Object... cells) {
    return CSVFormat.RFC4180.format(cells);
  }
}
