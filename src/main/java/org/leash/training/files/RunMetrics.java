package org.leash.training.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The figures of a run as its folder has them.
 *
 * @param name of the folder
 * @param config what the run is
 * @param figures by name, then by step
 */
public record RunMetrics(
    String name, Map<String, Object> config, Map<String, NavigableMap<Integer, Double>> figures) {
  private static final int LONGEST_LINE = 1 << 20;

  /**
   * Reads a folder, while the run may still be going on: a last line that is not whole is left out.
   *
   * @throws BadFileException another line is not what it should be; the message names it
   */
  public static RunMetrics read(Path folder) throws IOException {
    Map<String, Object> config = Checkpoint.object(folder.resolve("config.json"));
    Map<String, NavigableMap<Integer, Double>> figures = new LinkedHashMap<>();
    Path file = folder.resolve("metrics.jsonl");
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      String line = reader.readLine();
      for (int number = 1; line != null; number++) {
        String next = reader.readLine();
        if (line.length() > LONGEST_LINE) {
          throw new BadFileException(file, "line %d is longer than 1 MiB".formatted(number));
        }
        try {
          take(Json.read(line), figures);
        } catch (IllegalArgumentException e) {
          if (next != null) {
            throw new BadFileException(file, "line %d: %s".formatted(number, e.getMessage()));
          }
        }
        line = next;
      }
    }
    Path name = folder.toAbsolutePath().normalize().getFileName();
    return new RunMetrics(name == null ? "run" : name.toString(), config, figures);
  }

  private static void take(
      Map<String, Object> line, Map<String, NavigableMap<Integer, Double>> figures) {
    if (!(line.get("step") instanceof Long step) || step < 0 || step > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("no step");
    }
    if (line.get("data") instanceof Map<?, ?> data) {
      data.forEach(
          (name, value) -> {
            Double number =
                switch (value) {
                  case Double d -> d;
                  case Long l -> (double) l;
                  case null, default -> null;
                };
            if (number != null) {
              figures
                  .computeIfAbsent((String) name, missing -> new TreeMap<>())
                  .put(step.intValue(), number);
            }
          });
    }
  }

  /** A figure by step; empty where the run has it not. */
  public NavigableMap<Integer, Double> figure(String figure) {
    return figures.getOrDefault(figure, new TreeMap<>());
  }
}
