package org.leash.benchmarks.run;

import java.util.stream.Stream;
import org.leash.benchmarks.csv.Key;

/** The command that measures one contender again. */
public final class Reproduction {
  private Reproduction() {}

  /**
   * A filter that matches the entry's description in {@link Plan}, and the variant; "" for rows
   * that were imported.
   */
  public static String command(Key key) {
    if (Stream.of(Suite.values()).noneMatch(suite -> suite.toString().equals(key.get("suite")))) {
      return "";
    }
    String entry =
        key.get("op").equals("dispatch")
            ? "dispatch"
            : "%s %s %sx%s %s, %s"
                .formatted(
                    key.get("op"),
                    key.get("dtype_in"),
                    key.get("rows"),
                    key.get("cols"),
                    key.get("input_dist"),
                    key.get("device").equals("cpu")
                        ? key.get("params").replaceAll(".*threads=(\\d+).*", "$1 thread")
                        : "gpu");
    return "leash-bench run --suite %s --filter '%s.* / %s$'"
        .formatted(key.get("suite"), entry, key.get("variant"));
  }
}
