package org.leash.benchmarks.imports;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.leash.benchmarks.csv.Key;

/**
 * Raw times of torch.utils.benchmark.Measurement, one per line: label is the operation, description
 * the variant, sub_label the parameters; {@code time_s} is the time of {@code number_per_run}
 * calls. The lines of a measurement are rounds of one fork.
 */
final class TorchCsv {
  private static final List<String> REQUIRED =
      List.of("label", "sub_label", "description", "num_threads", "number_per_run", "time_s");

  private TorchCsv() {}

  static void read(Path file, Imported imported) {
    Map<Key, Integer> rounds = new HashMap<>();
    ForeignCsv.read(
        file,
        REQUIRED,
        line -> {
          String threads = "threads=" + line.get("num_threads");
          String label = line.get("sub_label");
          Map<String, String> known = new HashMap<>();
          known.put("op", line.get("label"));
          known.put("variant", line.get("description"));
          known.put("params", label.isEmpty() ? threads : label + ";" + threads);
          known.put("timing", "wall_sync");
          Key key = imported.key(known);
          double runs = line.measure("number_per_run");
          imported.sample(
              key,
              1,
              rounds.merge(key, 1, Integer::sum),
              (long) runs,
              1e9 * line.measure("time_s") / runs);
        });
  }
}
