package org.leash.training.record;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.leash.files.BadFileException;
import org.leash.files.Json;

/**
 * The metrics of a run, read from its folder.
 *
 * @param name of the folder
 * @param config its settings by name
 * @param figures by name, then by step
 */
public record RunMetrics(
    String name, Map<String, Object> config, Map<String, NavigableMap<Integer, Double>> figures) {
  private static final int LONGEST_LINE = 1 << 20;

  /**
   * Reads a folder, possibly of a run in progress: an incomplete last line is ignored.
   *
   * @throws BadFileException another line is invalid; the message names it
   */
  public static RunMetrics read(Path folder) throws IOException {
    Map<String, Object> config = Json.read(folder.resolve("config.json")).plainObject();
    Map<String, NavigableMap<Integer, Double>> figures = new LinkedHashMap<>();
    Path file = folder.resolve("metrics.jsonl");
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      String line = reader.readLine();
      for (int number = 1; line != null; number++) {
        String next = reader.readLine();
        if (line.length() > LONGEST_LINE) {
          throw new BadFileException(file, number, "", "longer than 1 MiB");
        }
        try {
          take(Json.parse(file, number, line), figures);
        } catch (BadFileException e) {
          if (next != null) {
            throw e;
          }
        }
        line = next;
      }
    }
    Path name = folder.toAbsolutePath().normalize().getFileName();
    return new RunMetrics(name == null ? "run" : name.toString(), config, figures);
  }

  private static void take(Json line, Map<String, NavigableMap<Integer, Double>> figures) {
    int step = (int) line.get("step").natural(Integer.MAX_VALUE);
    if (line.has("data")) {
      line.get("data")
          .object()
          .forEach(
              (name, value) -> {
                if (value.isNumber()) {
                  figures
                      .computeIfAbsent(name, missing -> new TreeMap<>())
                      .put(step, value.number());
                }
              });
    }
  }

  /** A figure by step; empty if the run did not log it. */
  public NavigableMap<Integer, Double> figure(String figure) {
    return figures.getOrDefault(figure, new TreeMap<>());
  }
}
