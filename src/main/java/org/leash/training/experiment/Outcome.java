package org.leash.training.experiment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.leash.files.Json;

/**
 * The result of one run.
 *
 * @param task its name
 * @param arm the arm's name
 * @param seed of the run; 0 for exact arms
 * @param figures by name, all exact
 */
public record Outcome(String task, String arm, long seed, Map<String, Double> figures) {
  /** Identifies the run. */
  List<Object> run() {
    return List.of(task, arm, seed);
  }

  /** As JSON, which has no NaN. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("task", task);
    map.put("arm", arm);
    map.put("seed", seed);
    map.put("figures", figures);
    return map;
  }

  /**
   * Converts a {@link #toMap} back.
   *
   * @throws org.leash.files.BadFileException it is not one
   */
  static Outcome of(Json json) {
    Map<String, Double> figures = new LinkedHashMap<>();
    json.get("figures")
        .object()
        .forEach((name, value) -> figures.put(name, value.isNull() ? Double.NaN : value.number()));
    return new Outcome(
        json.get("task").text(), json.get("arm").text(), json.get("seed").integer(), figures);
  }
}
