package org.leash.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.leash.analysis.Bootstrap;
import org.leash.cli.table.Table;
import org.leash.cli.table.TableOptions;
import org.leash.training.experiment.ExperimentFiles;
import org.leash.training.experiment.LeashExperiment;
import org.leash.training.experiment.Outcome;
import org.leash.training.experiment.Summary;
import org.leash.training.record.Journal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "experiment",
    mixinStandardHelpOptions = true,
    description = {
      "Trains exact policies with many methods and seeds and reports the changes of their support:",
      "the methods that keep rare correct answers of the base model, and the cost."
    })
final class ExperimentCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Mixin private DeviceOptions device;

  @Parameters(paramLabel = "NAME", description = "leash")
  private String name;

  @Option(
      names = "--seeds",
      defaultValue = "20",
      paramLabel = "N",
      description = "runs of each sampling method (default: ${DEFAULT-VALUE})")
  private int seeds;

  @Option(
      names = "--steps",
      defaultValue = "400",
      paramLabel = "N",
      description = "steps of each run (default: ${DEFAULT-VALUE})")
  private int steps;

  @Option(
      names = "--learning-rate",
      defaultValue = "" + LeashExperiment.LEARNING_RATE,
      paramLabel = "X",
      description = "learning rate of the sampling methods (default: ${DEFAULT-VALUE})")
  private double learningRate;

  @Option(
      names = "--workers",
      defaultValue = "2",
      paramLabel = "N",
      description = "concurrent runs (default: ${DEFAULT-VALUE})")
  private int workers;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "write runs.csv, summary.csv and summary.svg to this folder; finished runs are appended"
              + " to journal.jsonl")
  private Path out;

  @Option(
      names = "--resume",
      description = "continue the experiment in --out; the number of seeds may change")
  private boolean resume;

  @Mixin private TableOptions output;

  @Override
  public Integer call() {
    if (!name.equals("leash")) {
      throw new IllegalArgumentException("no experiment \"" + name + "\"; use leash");
    }
    if (resume && out == null) {
      throw new IllegalArgumentException("--resume: name the folder with --out");
    }
    if (workers < 1) {
      throw new IllegalArgumentException("--workers " + workers + ": must be at least 1");
    }
    LeashExperiment experiment =
        new LeashExperiment(seeds, steps, learningRate, device::openSingle, device.variant());
    List<Summary> summaries;
    if (out == null) {
      summaries = Summary.of(execute(experiment, List.of(), outcome -> {}), Bootstrap.DEFAULT);
    } else {
      try (Journal<Outcome> journal = ExperimentFiles.journal(out, settings(), resume)) {
        List<Outcome> outcomes = execute(experiment, journal.found(), journal::append);
        summaries = Summary.of(outcomes, Bootstrap.DEFAULT);
        ExperimentFiles.write(out, outcomes, summaries);
      }
    }
    print(summaries, command.commandLine().getOut());
    return 0;
  }

  private List<Outcome> execute(
      LeashExperiment experiment, List<Outcome> known, Consumer<Outcome> done) {
    try (ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName("runs")
            .setInitialMax(experiment.runs(known))
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(500)
            .build()) {
      return experiment.execute(
          workers,
          known,
          outcome -> {
            done.accept(outcome);
            bar.step();
          });
    }
  }

  private Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("experiment", name);
    settings.put("steps", steps);
    settings.put("learning_rate", learningRate);
    settings.put("device", device.name());
    settings.put("variant", device.variant());
    return settings;
  }

  private void print(List<Summary> summaries, PrintWriter terminal) {
    if (!output.isText()) {
      Table table = new Table();
      for (Summary summary : summaries) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("task", summary.task());
        row.put("arm", summary.arm());
        row.put("seeds", summary.seeds());
        row.putAll(summary.figures());
        table.add(row);
      }
      output.print(table, terminal);
      return;
    }
    for (String task : LeashExperiment.TASKS) {
      Table table = new Table();
      for (Summary summary : summaries) {
        if (summary.task().equals(task)) {
          Map<String, Object> row = new LinkedHashMap<>();
          row.put("arm", summary.arm());
          for (String figure : ExperimentFiles.shown(task)) {
            row.put(figure, summary.figures().get(figure));
          }
          table.add(row);
        }
      }
      terminal.printf("%n%s%n", task);
      output.print(table, terminal);
    }
  }
}
