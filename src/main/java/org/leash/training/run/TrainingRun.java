package org.leash.training.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.leash.device.Device;
import org.leash.training.record.Checkpoint;
import org.leash.training.record.Completion;
import org.leash.training.record.PromptFigures;
import org.leash.training.record.RunFolder;

/**
 * Trains in a folder: logs every step, evaluates, and saves checkpoints, the first before the first
 * step. An interrupted run resumes from its last checkpoint and gives the same metrics as an
 * uninterrupted one.
 */
public final class TrainingRun {
  private final TrainingConfig config;
  private final Path folder;
  private final boolean resume;

  /**
   * A run.
   *
   * @param folder created if it does not exist
   * @param resume whether to continue an existing run
   */
  public TrainingRun(TrainingConfig config, Path folder, boolean resume) {
    this.config = config;
    this.folder = folder;
    this.resume = resume;
  }

  /**
   * Trains up to the last step.
   *
   * @param device where updates are computed
   * @param variant of the kernels, or null for the best
   * @param progress receives the number and metrics of each step, and before them the number of
   *     completed steps without metrics
   * @return the metrics of the last evaluation
   * @throws IllegalArgumentException the configuration is wrong, or the folder has another run
   * @throws org.leash.files.BadFileException a file of the run is damaged
   */
  public Map<String, Double> execute(
      Device device, String variant, BiConsumer<Integer, Map<String, Double>> progress) {
    try (Trainer trainer = new Trainer(config, device, variant)) {
      Evaluation evaluation =
          new Evaluation(
              trainer.task(), trainer.base(), config.output().evalSamples(), config.run().seed());
      Evaluated untrained = evaluate(evaluation, trainer);
      // Fails before there is a folder if this task has no such metric.
      score(untrained.result().figures());
      Map<String, Object> described = config.toMap();
      try (RunFolder files =
          RunFolder.open(
              folder,
              described,
              resume,
              TrainingConfig.freeNames(),
              RunEnvironment.of(device, trainer.variant()))) {
        return train(trainer, evaluation, untrained, files, progress);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": " + e.getMessage(), e);
    }
  }

  private Map<String, Double> train(
      Trainer trainer,
      Evaluation evaluation,
      Evaluated untrained,
      RunFolder files,
      BiConsumer<Integer, Map<String, Double>> progress)
      throws IOException {
    files.resumed().ifPresent(trainer::restore);
    double before = files.resumed().map(Checkpoint::wallSeconds).orElse(0.0);
    long start = System.nanoTime();
    progress.accept(trainer.steps(), Map.of());
    Map<String, Double> last = new LinkedHashMap<>();
    if (files.resumed().isEmpty()) {
      last = untrained.result().figures();
      untrained.log(files, 0, new LinkedHashMap<>());
      files.log().step(0, 0, seconds(start), last);
      files.save(
          trainer.checkpoint(seconds(start), score(last)), config.output().keepCheckpoints());
    }
    while (trainer.steps() < config.run().steps()) {
      Map<String, Double> figures = trainer.step();
      int step = trainer.steps();
      boolean ends = step == config.run().steps();
      double score = Double.NaN;
      if (ends || step % config.output().evalEvery() == 0) {
        Evaluated evaluated = evaluate(evaluation, trainer);
        evaluated.log(files, step, figures);
        last = evaluated.result().figures();
        score = score(last);
      }
      for (Completion completion : trainer.completions(config.output().completions())) {
        files.log().completion(step, completion);
      }
      double wall = before + seconds(start);
      files.log().step(step, trainer.tokens(), wall, figures);
      if (ends || step % config.output().checkpointEvery() == 0) {
        files.save(trainer.checkpoint(wall, score), config.output().keepCheckpoints());
      }
      progress.accept(step, figures);
    }
    return last.isEmpty() ? evaluation.of(trainer.policy(), trainer.steps()).figures() : last;
  }

  private double score(Map<String, Double> figures) {
    Double score = figures.get(config.output().bestBy());
    if (score == null) {
      throw new IllegalArgumentException(
          "evaluations of this task have no %s; set bestBy to one of %s"
              .formatted(config.output().bestBy(), String.join(", ", figures.keySet())));
    }
    return score;
  }

  private record Evaluated(Evaluation.Result result, double seconds) {
    /** Adds its metrics to those of a step, and logs the figures of each prompt. */
    void log(RunFolder files, int step, Map<String, Double> figures) throws IOException {
      figures.putAll(result.figures());
      figures.put("time/eval_s", seconds);
      for (PromptFigures prompt : result.prompts()) {
        files.log().prompt(step, prompt);
      }
    }
  }

  private static Evaluated evaluate(Evaluation evaluation, Trainer trainer) {
    long start = System.nanoTime();
    Evaluation.Result result = evaluation.of(trainer.policy(), trainer.steps());
    return new Evaluated(result, seconds(start));
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
