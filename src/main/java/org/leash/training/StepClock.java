package org.leash.training;

import java.util.EnumMap;
import java.util.Map;

/** Measures the phases of a step: each lasts until the next is entered. Not thread-safe. */
public final class StepClock {
  private final Map<Phase, Long> nanos = new EnumMap<>(Phase.class);
  private Phase current;
  private long since;

  /** Ends the current phase, if any, and begins another. */
  public void enter(Phase phase) {
    long now = System.nanoTime();
    stop(now);
    current = phase;
    since = now;
  }

  /** Ends the current phase. */
  public void leave() {
    stop(System.nanoTime());
    current = null;
  }

  private void stop(long now) {
    if (current != null) {
      nanos.merge(current, now - since, Long::sum);
    }
  }

  /** Seconds spent in a phase since the last reset. */
  public double seconds(Phase phase) {
    return nanos.getOrDefault(phase, 0L) / 1e9;
  }

  /** Seconds spent in all phases since the last reset. */
  public double total() {
    double total = 0;
    for (Phase phase : Phase.values()) {
      total += seconds(phase);
    }
    return total;
  }

  /** Sets all phases to 0. */
  public void reset() {
    nanos.clear();
  }
}
