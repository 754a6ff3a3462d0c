package org.leash.training.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.leash.analysis.Bootstrap;
import org.leash.analysis.Interval;

/**
 * An arm on a task over its seeds.
 *
 * @param task its name
 * @param arm its name
 * @param seeds how many runs
 * @param figures the mean of each figure, with a bootstrap interval over seeds; none for one run
 */
public record Summary(String task, String arm, int seeds, Map<String, Interval> figures) {
  /** Summaries in the order of the outcomes. */
  public static List<Summary> of(List<Outcome> outcomes, Bootstrap bootstrap) {
    Map<List<String>, List<Outcome>> runs = new LinkedHashMap<>();
    for (Outcome outcome : outcomes) {
      runs.computeIfAbsent(List.of(outcome.task(), outcome.arm()), key -> new ArrayList<>())
          .add(outcome);
    }
    List<Summary> summaries = new ArrayList<>();
    runs.forEach(
        (key, same) -> {
          Map<String, Interval> figures = new LinkedHashMap<>();
          for (String name : same.getFirst().figures().keySet()) {
            double[] values = same.stream().mapToDouble(run -> run.figures().get(name)).toArray();
            figures.put(name, bootstrap.mean(values));
          }
          summaries.add(new Summary(key.get(0), key.get(1), same.size(), figures));
        });
    return summaries;
  }
}
