package org.leash.benchmarks.imports;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.leash.benchmarks.csv.Key;
import org.leash.files.BadFileException;
import org.leash.files.Json;

/**
 * Liger-Kernel's table of benchmarks. It holds quantiles, not samples: the median of a speed row is
 * one round of one fork. Rows about memory are left out. The operation mode (forward, backward,
 * full) is the contract, and the provider the implementation.
 */
final class LigerCsv {
  private static final List<String> REQUIRED =
      List.of(
          "kernel_name",
          "kernel_provider",
          "kernel_operation_mode",
          "metric_name",
          "metric_unit",
          "x_name",
          "x_value",
          "y_value_50");

  private LigerCsv() {}

  static void read(Path file, Imported imported) {
    Map<Key, Integer> repetitions = new HashMap<>();
    ForeignCsv.read(
        file,
        REQUIRED,
        line -> {
          String kernel = line.get("kernel_name");
          if (!line.get("metric_name").equals("speed") || !line.get("metric_unit").equals("ms")) {
            imported.skip(
                kernel, "%s in %s".formatted(line.get("metric_name"), line.get("metric_unit")));
            return;
          }
          Map<String, String> params = params(file, line.get("extra_benchmark_config_str"));
          params.put(line.get("x_name"), line.get("x_value"));
          Map<String, String> known = Shape.of(params);
          known.put("op", kernel);
          known.put("variant", line.get("kernel_provider"));
          known.put("impl", line.get("kernel_provider"));
          known.put("contract", line.get("kernel_operation_mode"));
          known.put("params", Imported.params(params));
          known.put("timing", "event");
          known.put("device", line.get("gpu_name"));
          Key key = imported.key(known);
          int round = repetitions.merge(key, 1, Integer::sum);
          imported.sample(key, 1, round, 1, 1e6 * line.measure("y_value_50"));
        });
  }

  /** The scalars of a JSON object; none if the text is not one. */
  private static Map<String, String> params(Path file, String json) {
    Map<String, String> params = new TreeMap<>();
    try {
      Json config = Json.parse(file, 1, json);
      config
          .object()
          .forEach(
              (name, value) -> {
                if (!(value.plain() instanceof Map || value.plain() instanceof List)) {
                  params.put(name, value.isNull() ? "null" : value.text());
                }
              });
    } catch (BadFileException e) {
      return params;
    }
    return params;
  }
}
