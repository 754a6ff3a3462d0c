package org.leash.benchmarks.compare;

import java.util.Collection;
import java.util.OptionalDouble;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.record.Roof;

/**
 * How far the machine itself moved between two runs. Both measured its ceilings with the same code,
 * so that whatever those changed by, a time may change by without its code: an error of every
 * change, beside the spread of the forks. What is told as multiples of an anchor's time has left
 * that behind. Nothing moves inside one run.
 */
record Drift(Roof before, Roof after) {
  static Drift between(RecordedRun base, RecordedRun candidate) {
    return new Drift(Roof.of(base.ceilings()), Roof.of(candidate.ceilings()));
  }

  /**
   * Of the setting that a pair was timed in, as the largest distance of a logarithmic ratio from
   * zero; empty where no ceiling tells.
   */
  OptionalDouble of(Pair pair) {
    return Anchoring.isAnchored(pair)
        ? OptionalDouble.of(0)
        : before.distance(after, pair.key().get("params"));
  }

  /** The largest of all pairs; empty where no ceiling tells of any. */
  OptionalDouble widest(Collection<Pair> pairs) {
    return pairs.stream().map(this::of).flatMapToDouble(OptionalDouble::stream).max();
  }
}
