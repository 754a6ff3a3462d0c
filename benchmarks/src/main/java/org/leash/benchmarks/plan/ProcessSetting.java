package org.leash.benchmarks.plan;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Properties of a fork's process that are fixed before it starts.
 *
 * @param id name on the command line
 * @param params properties that are part of a result's key, by name
 * @param variables environment variables
 * @param peers ids of the peers that take part
 */
public record ProcessSetting(
    String id, Map<String, String> params, Map<String, String> variables, Set<String> peers) {

  public static final ProcessSetting PLAIN =
      new ProcessSetting("plain", Map.of(), Map.of(), Set.of());

  /** Makes glibc keep freed memory, so that PyTorch's temporaries cause no page faults. */
  private static final Map<String, String> KEEP_MEMORY =
      Map.of(
          "MALLOC_MMAP_THRESHOLD_", "4294967296",
          "MALLOC_TRIM_THRESHOLD_", "4294967296",
          "MALLOC_TOP_PAD_", "268435456");

  /** Our kernels beside peers in one process, with glibc's defaults or tuned to keep memory. */
  static ProcessSetting peers(boolean tuned, String... peers) {
    String malloc = tuned ? "tuned" : "default";
    return new ProcessSetting(
        (String.join("-", peers) + "-" + malloc).toLowerCase(Locale.ROOT),
        Map.of("malloc", malloc),
        tuned ? KEEP_MEMORY : Map.of(),
        Set.of(peers));
  }

  /** The column {@code params}: names and values, sorted, including the thread count. */
  public String params(int threads) {
    Map<String, String> all = new TreeMap<>(params);
    all.put("threads", Integer.toString(threads));
    return all.entrySet().stream()
        .map(each -> each.getKey() + "=" + each.getValue())
        .collect(Collectors.joining(";"));
  }
}
