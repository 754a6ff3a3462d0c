package org.leash.training;

/** Divides the time of a step among phases: the current one runs until the next is entered. */
final class StepClock {
  private final long[] nanos = new long[Phase.values().length];
  private Phase current;
  private long since;

  /** Ends the current phase, if any, and begins another. */
  void enter(Phase phase) {
    long now = System.nanoTime();
    stop(now);
    current = phase;
    since = now;
  }

  /** Ends the current phase. */
  void leave() {
    stop(System.nanoTime());
    current = null;
  }

  private void stop(long now) {
    if (current != null) {
      nanos[current.ordinal()] += now - since;
    }
  }

  double seconds(Phase phase) {
    return nanos[phase.ordinal()] / 1e9;
  }

  double total() {
    double total = 0;
    for (Phase phase : Phase.values()) {
      total += seconds(phase);
    }
    return total;
  }

  void reset() {
    java.util.Arrays.fill(nanos, 0);
  }
}
