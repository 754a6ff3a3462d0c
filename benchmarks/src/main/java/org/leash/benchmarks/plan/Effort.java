package org.leash.benchmarks.run;

/**
 * How much time a measurement may take.
 *
 * @param forks processes, the unit of replication
 * @param rounds in each fork; in each, every contender has one block
 * @param warmupMillis wall time for which each contender runs before the first round
 * @param blockMillis about how long a block takes, if more than one launch fits
 * @param capSeconds after which an entry's rounds in a fork come to an end
 * @param precisionPct an entry is not played by further forks once the half width of every interval
 *     in it is below so many percent; 0: all forks play
 */
public record Effort(
    int forks, int rounds, int warmupMillis, int blockMillis, int capSeconds, double precisionPct) {
  /** After so many rounds, laggards leave. */
  static final int LAGGARD_ROUNDS = 3;

  /**
   * A contender that takes so many times as long as the fastest: how many times exactly, no
   * decision hangs on.
   */
  static final int LAGGARD_FACTOR = 8;

  /** Fewer forks give intervals that are narrow by chance. */
  static final int LEAST_FORKS = 3;

  private static final int CAP_SECONDS = 120;
  private static final double PRECISION_PCT = 1;

  public Effort(int forks, int rounds, int warmupMillis, int blockMillis) {
    this(forks, rounds, warmupMillis, blockMillis, CAP_SECONDS, PRECISION_PCT);
  }

  public Effort withForks(int count) {
    return new Effort(count, rounds, warmupMillis, blockMillis, capSeconds, precisionPct);
  }

  public Effort withRounds(int count) {
    return new Effort(forks, count, warmupMillis, blockMillis, capSeconds, precisionPct);
  }

  public Effort withCap(int seconds) {
    return new Effort(forks, rounds, warmupMillis, blockMillis, seconds, precisionPct);
  }

  public Effort withPrecision(double pct) {
    return new Effort(forks, rounds, warmupMillis, blockMillis, capSeconds, pct);
  }
}
