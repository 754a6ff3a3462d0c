package org.leash.benchmarks.imports;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.leash.benchmarks.csv.Key;
import org.leash.files.Json;

/**
 * JMH's result file. Iterations are rounds and benchmark classes are operations; modes that do not
 * time operations are left out.
 */
final class JmhJson {
  private static final Map<String, Double> NANOS =
      Map.of("ns", 1.0, "us", 1e3, "ms", 1e6, "s", 1e9, "min", 6e10, "hr", 3.6e12, "day", 8.64e13);

  private JmhJson() {}

  static void read(Path file, Imported imported) {
    for (Json result : Json.read(file).list()) {
      String benchmark = result.get("benchmark").text();
      Json metric = result.get("primaryMetric");
      String unit = metric.get("scoreUnit").text();
      boolean rate = unit.startsWith("ops/");
      Double factor = NANOS.get(unit.replaceAll("^ops/|/op$", ""));
      if (factor == null || !metric.has("rawData")) {
        imported.skip(
            benchmark, "mode %s in %s: no time".formatted(result.get("mode").text(), unit));
        continue;
      }
      Key key = key(result, benchmark, imported);
      int fork = 0;
      for (Json iterations : metric.get("rawData").list()) {
        fork++;
        List<Json> scores = iterations.list();
        for (int i = 0; i < scores.size(); i++) {
          double score = Imported.measure(scores.get(i));
          imported.sample(key, fork, i + 1, 1, rate ? factor / score : factor * score);
        }
      }
    }
  }

  private static Key key(Json result, String benchmark, Imported imported) {
    String[] path = benchmark.split("\\.", -1);
    Map<String, String> params = new TreeMap<>();
    if (result.has("params")) {
      Json given = result.get("params");
      given.object().keySet().forEach(name -> params.put(name, given.get(name).text()));
    }
    if (result.has("threads")) {
      params.put("threads", result.get("threads").text());
    }
    Map<String, String> known = new HashMap<>();
    known.put("op", path.length > 1 ? path[path.length - 2] : benchmark);
    known.put("variant", path[path.length - 1]);
    known.put("params", Imported.params(params));
    known.put("timing", "wall_sync");
    return imported.key(known);
  }
}
