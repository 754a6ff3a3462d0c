package org.leash.training.experiment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one run came to.
 *
 * @param task its name
 * @param arm the arm's name
 * @param seed of the run; 0 for exact arms
 * @param figures by name, all exact
 */
public record Outcome(String task, String arm, long seed, Map<String, Double> figures) {
  /** What tells it from others. */
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
   * What {@link #toMap} gave.
   *
   * @throws IllegalArgumentException it did not give this
   */
  static Outcome of(Map<String, Object> map) {
    if (map.get("task") instanceof String task
        && map.get("arm") instanceof String arm
        && map.get("seed") instanceof Long seed
        && map.get("figures") instanceof Map<?, ?> values) {
      Map<String, Double> figures = new LinkedHashMap<>();
      values.forEach((name, value) -> figures.put((String) name, number((String) name, value)));
      return new Outcome(task, arm, seed, figures);
    }
    throw new IllegalArgumentException("not a run with its task, arm, seed and figures");
  }

  private static double number(String name, Object value) {
    return switch (value) {
      case null -> Double.NaN;
      case Double number -> number;
      default -> throw new IllegalArgumentException(name + " = " + value + " is no number");
    };
  }
}
