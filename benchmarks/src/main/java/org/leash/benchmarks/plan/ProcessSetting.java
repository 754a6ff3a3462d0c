package org.leash.benchmarks.run;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How the process of a fork is set up, which no contender in it can change.
 *
 * @param id names it on the command line
 * @param params what of it belongs to the key of a result, by name
 * @param variables of the process environment
 * @param peers ids of the peers that take part
 */
public record Setting(
    String id, Map<String, String> params, Map<String, String> variables, Set<String> peers) {

  static final Setting PLAIN = new Setting("plain", Map.of(), Map.of(), Set.of());

  /** PyTorch's temporaries cost page faults by default; with these, glibc keeps the memory. */
  private static final Map<String, String> KEEP_MEMORY =
      Map.of(
          "MALLOC_MMAP_THRESHOLD_", "4294967296",
          "MALLOC_TRIM_THRESHOLD_", "4294967296",
          "MALLOC_TOP_PAD_", "268435456");

  /** Our kernels beside peers that share a process, with memory kept or with glibc's defaults. */
  static Setting peers(boolean tuned, String... peers) {
    String malloc = tuned ? "tuned" : "default";
    return new Setting(
        (String.join("-", peers) + "-" + malloc).toLowerCase(Locale.ROOT),
        Map.of("malloc", malloc),
        tuned ? KEEP_MEMORY : Map.of(),
        Set.of(peers));
  }

  /** The {@code params} column: sorted names and values, the number of threads among them. */
  String params(int threads) {
    Map<String, String> all = new TreeMap<>(params);
    all.put("threads", Integer.toString(threads));
    return all.entrySet().stream()
        .map(each -> each.getKey() + "=" + each.getValue())
        .collect(Collectors.joining(";"));
  }
}
