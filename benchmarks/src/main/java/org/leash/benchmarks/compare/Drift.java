package org.leash.benchmarks.compare;

import java.util.Collection;
import java.util.OptionalDouble;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.record.Roof;

/**
 * Change of the machine between two runs, estimated by its ceilings, which the same code measured
 * in both. Times may change as much without a change of their code: an error in addition to the
 * spread of the forks. It cancels in multiples of an anchor's time, and is zero inside one run.
 */
record Drift(Roof before, Roof after) {
  static Drift between(RecordedRun base, RecordedRun candidate) {
    return new Drift(Roof.of(base.ceilings()), Roof.of(candidate.ceilings()));
  }

  /** Drift in the setting of a pair, as the largest absolute log-ratio; empty without ceilings. */
  OptionalDouble of(Pair pair) {
    return Anchoring.isAnchored(pair)
        ? OptionalDouble.of(0)
        : before.distance(after, pair.key().get("params"));
  }

  /** The largest drift of some pairs; empty without ceilings. */
  OptionalDouble widest(Collection<Pair> pairs) {
    return pairs.stream().map(this::of).flatMapToDouble(OptionalDouble::stream).max();
  }
}
