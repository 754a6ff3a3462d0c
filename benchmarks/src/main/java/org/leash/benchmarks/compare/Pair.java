package org.leash.benchmarks.compare;

import java.util.List;
import java.util.Optional;
import org.leash.benchmarks.csv.Key;

/**
 * Two contenders that are set against each other; one of them may be missing.
 *
 * @param mixed columns that differ although nobody asked to compare along them
 */
public record Pair(Optional<Contestant> base, Optional<Contestant> candidate, List<String> mixed) {
  public Pair {
    if (base.isEmpty() && candidate.isEmpty()) {
      throw new IllegalArgumentException("a pair of nobody");
    }
    mixed = List.copyOf(mixed);
  }

  /** The candidate's key, or the base's where there is no candidate. */
  public Key key() {
    return candidate.or(() -> base).orElseThrow().key();
  }
}
