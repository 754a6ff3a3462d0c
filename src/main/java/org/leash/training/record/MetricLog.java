package org.leash.training.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.leash.environment.Fact;
import org.leash.files.AppendedFile;
import org.leash.files.Json;

/**
 * The metrics of a run as they arrive, in three forms: {@code metrics.jsonl}, a line per step;
 * {@code metrics.csv}, a line per metric; and an event file for TensorBoard. Figures of each prompt
 * go to {@code eval_prompts.csv}, some completions to {@code completions.jsonl}, and the
 * environment of each process, with its first step, to {@code env.csv}. All are append-only, and a
 * checkpoint records their lengths.
 *
 * <p>Values that are not finite are null in JSON, empty in CSV and absent from the event file.
 */
public final class MetricLog implements AutoCloseable {
  private static final String JSONL = "metrics.jsonl";
  private static final String CSV = "metrics.csv";
  private static final String PROMPTS = "eval_prompts.csv";
  private static final String COMPLETIONS = "completions.jsonl";
  private static final String ENVIRONMENT = "env.csv";
  private static final String EVENTS = "tb/events.out.tfevents.leash";

  private final String run;
  private final Map<String, AppendedFile> files = new LinkedHashMap<>();

  /** Opens the files of a folder and truncates each to its length, 0 if none is given. */
  MetricLog(Path folder, Map<String, Long> lengths) throws IOException {
    this.run = folder.toAbsolutePath().normalize().getFileName().toString();
    Files.createDirectories(folder.resolve(EVENTS).getParent());
    try {
      for (String name : List.of(JSONL, CSV, PROMPTS, COMPLETIONS, ENVIRONMENT, EVENTS)) {
        files.put(name, new AppendedFile(folder.resolve(name), lengths.getOrDefault(name, 0L)));
      }
      start(CSV, "run_id,step,ts_utc,wall_s,tokens,split,name,value\n");
      start(PROMPTS, "run_id,step,prompt_id,n,c,answer_entropy,mean_len\n");
      start(ENVIRONMENT, "run_id,from_step,key,value,unit\n");
      if (files.get(EVENTS).isEmpty()) {
        files.get(EVENTS).append(EventRecords.header(seconds(Instant.now())));
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private void start(String name, String header) throws IOException {
    if (files.get(name).isEmpty()) {
      files.get(name).append(header);
    }
  }

  /** Logs the metrics of a step, by name. */
  public void step(int step, long tokens, double wallSeconds, Map<String, Double> values)
      throws IOException {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("step", step);
    line.put("ts", now);
    line.put("tokens", tokens);
    line.put("data", values);
    files.get(JSONL).append(Json.write(line) + "\n");
    StringBuilder rows = new StringBuilder();
    values.forEach(
        (name, value) ->
            rows.append(
                    CSVFormat.RFC4180.format(
                        run,
                        step,
                        now,
                        wallSeconds,
                        tokens,
                        split(name),
                        name,
                        Double.isFinite(value) ? (Object) value : ""))
                .append('\n'));
    files.get(CSV).append(rows.toString());
    files.get(EVENTS).append(EventRecords.scalars(seconds(now), step, values));
  }

  /**
   * Logs the start of a process.
   *
   * @param environment of the process
   */
  void event(int step, String event, List<Fact> environment) throws IOException {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("step", step);
    line.put("ts", Instant.now().truncatedTo(ChronoUnit.MILLIS));
    line.put("event", event);
    StringBuilder rows = new StringBuilder();
    for (Fact fact : environment) {
      line.put(fact.key(), fact.value());
      rows.append(CSVFormat.RFC4180.format(run, step, fact.key(), fact.value(), fact.unit()))
          .append('\n');
    }
    files.get(JSONL).append(Json.write(line) + "\n");
    files.get(ENVIRONMENT).append(rows.toString());
  }

  /** Logs a completion that was sampled in a step. */
  public void completion(int step, Completion completion) throws IOException {
    files.get(COMPLETIONS).append(Json.write(completion.line(step)) + "\n");
  }

  /** Logs the figures of a prompt at a step. */
  public void prompt(int step, PromptFigures figures) throws IOException {
    files
        .get(PROMPTS)
        .append(
            CSVFormat.RFC4180.format(
                    run,
                    step,
                    figures.prompt(),
                    figures.samples(),
                    figures.correct(),
                    figures.answerEntropy(),
                    figures.meanLength())
                + "\n");
  }

  /** Flushes all files to disk; returns their lengths. */
  Map<String, Long> force() throws IOException {
    Map<String, Long> lengths = new LinkedHashMap<>();
    for (Map.Entry<String, AppendedFile> file : files.entrySet()) {
      lengths.put(file.getKey(), file.getValue().force());
    }
    return lengths;
  }

  private static String split(String name) {
    return name.startsWith("eval/") || name.startsWith("exact/") || name.startsWith("support/")
        ? "eval"
        : "train";
  }

  private static double seconds(Instant instant) {
    return instant.toEpochMilli() / 1e3;
  }

  @Override
  public void close() throws IOException {
    for (AppendedFile file : files.values()) {
      file.close();
    }
  }
}
