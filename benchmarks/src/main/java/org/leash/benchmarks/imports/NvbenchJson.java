package org.leash.benchmarks.imports;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.leash.benchmarks.csv.Key;
import org.leash.files.Json;

/**
 * nvbench's result file. It holds means, not samples: each is one round of one fork. Axes with
 * known names become rows, vocabulary and dtype; all axes are parameters.
 */
final class NvbenchJson {
  private static final String COLD = "nv/cold/time/gpu/mean";
  private static final String BATCH = "nv/batch/time/gpu/mean";

  private NvbenchJson() {}

  static void read(Path file, Imported imported) {
    Json root = Json.read(file);
    if (root.has("devices")) {
      root.get("devices").list().stream()
          .findFirst()
          .filter(device -> device.has("name"))
          .ifPresent(device -> imported.fact("gpu.name", device.get("name").text()));
    }
    for (Json benchmark : root.get("benchmarks").list()) {
      String name = benchmark.get("name").text();
      for (Json state : benchmark.get("states").list()) {
        if (state.has("is_skipped") && state.get("is_skipped").text().equals("true")) {
          imported.skip(
              name, state.has("skip_reason") ? state.get("skip_reason").text() : "skipped");
          continue;
        }
        Optional<Double> cold = seconds(state, COLD);
        Optional<Double> batch = seconds(state, BATCH);
        cold.ifPresent(
            it ->
                imported.sample(
                    key(name, state, "event", "cold_flush", imported), 1, 1, 1, it * 1e9));
        batch.ifPresent(
            it ->
                imported.sample(
                    key(name, state, "event_batch", "warm", imported), 1, 1, 1, it * 1e9));
        if (cold.isEmpty() && batch.isEmpty()) {
          imported.skip(name, "no GPU time");
        }
      }
    }
  }

  private static Optional<Double> seconds(Json state, String tag) {
    for (Json summary : state.get("summaries").list()) {
      if (summary.has("tag") && summary.get("tag").text().equals(tag)) {
        for (Json datum : summary.get("data").list()) {
          if (datum.get("name").text().equals("value")) {
            return Optional.of(Imported.measure(datum.get("value")));
          }
        }
      }
    }
    return Optional.empty();
  }

  private static Key key(String name, Json state, String timing, String cache, Imported imported) {
    Map<String, String> params = new TreeMap<>();
    if (state.has("axis_values")) {
      for (Json axis : state.get("axis_values").list()) {
        params.put(axis.get("name").text(), axis.get("value").text());
      }
    }
    Map<String, String> known = Shape.of(params);
    known.put("op", name);
    known.put("variant", name);
    known.put("params", Imported.params(params));
    known.put("timing", timing);
    known.put("cache", cache);
    known.put("device", "cuda:" + (state.has("device") ? state.get("device").text() : "0"));
    return imported.key(known);
  }
}
