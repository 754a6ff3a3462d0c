package org.leash.benchmarks.compare;

import java.util.List;
import java.util.Optional;
import org.leash.benchmarks.csv.Key;

/**
 * Two contenders to be compared, of which one may be missing.
 *
 * @param mixed columns that differ unintentionally
 */
public record Pair(
    Optional<RecordedContender> base, Optional<RecordedContender> candidate, List<String> mixed) {
  public Pair {
    if (base.isEmpty() && candidate.isEmpty()) {
      throw new IllegalArgumentException("a pair needs a base or a candidate");
    }
    mixed = List.copyOf(mixed);
  }

  /** The candidate's key, or the base's without a candidate. */
  public Key key() {
    return candidate.or(() -> base).orElseThrow().key();
  }
}
