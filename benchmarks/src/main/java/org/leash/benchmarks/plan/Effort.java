package org.leash.benchmarks.plan;

/**
 * Time that a measurement may take.
 *
 * @param forks processes, the unit of replication
 * @param rounds per fork, with one block of each contender
 * @param warmupMillis wall time each contender runs before the first round
 * @param blockMillis approximate duration of a block of more than one launch
 * @param capSeconds time after which a case's rounds end in a fork
 * @param precisionPct later forks leave out a case once every interval's half width is below this
 *     percentage; 0 to measure all forks
 */
public record Effort(
    int forks, int rounds, int warmupMillis, int blockMillis, int capSeconds, double precisionPct) {
  /** Rounds after which laggards leave. */
  public static final int LAGGARD_ROUNDS = 3;

  /** A laggard takes this many times as long as the fastest; no decision depends on its time. */
  public static final int LAGGARD_FACTOR = 8;

  /** Intervals of fewer forks can be narrow by chance. */
  public static final int LEAST_FORKS = 3;

  private static final int CAP_SECONDS = 120;
  private static final double PRECISION_PCT = 1;

  public Effort(int forks, int rounds, int warmupMillis, int blockMillis) {
    this(forks, rounds, warmupMillis, blockMillis, CAP_SECONDS, PRECISION_PCT);
  }
}
