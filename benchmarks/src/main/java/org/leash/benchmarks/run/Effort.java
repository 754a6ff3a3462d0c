package org.leash.benchmarks.run;

/**
 * How much time a measurement may take.
 *
 * @param forks processes, the unit of replication
 * @param rounds in each fork; in each, every contender has one block
 * @param warmupMillis wall time for which each contender runs before the first round
 * @param blockMillis about how long a block takes, if more than one launch fits
 */
public record Effort(int forks, int rounds, int warmupMillis, int blockMillis) {
  /** After so many rounds, laggards leave. */
  static final int LAGGARD_ROUNDS = 3;

  /**
   * A contender that takes so many times as long as the fastest: how many times exactly, no
   * decision hangs on.
   */
  static final int LAGGARD_FACTOR = 8;

  public Effort withForks(int count) {
    return new Effort(count, rounds, warmupMillis, blockMillis);
  }
}
