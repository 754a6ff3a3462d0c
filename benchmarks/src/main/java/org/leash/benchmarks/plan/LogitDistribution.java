package org.leash.benchmarks.plan;

import java.util.Locale;
import java.util.random.RandomGenerator;

/** Distribution of the logits of a row. Never zeros or constants, which behave unlike real data. */
public enum LogitDistribution {
  /**
   * Independent normal logits with a standard deviation of 2.5: a policy near its initialisation,
   * entropy about log(vocab) − 3.
   */
  NORMAL("normal_s2.5") {
    @Override
    public void fill(float[] row, RandomGenerator random) {
      normal(row, random);
    }
  },

  /**
   * A trained policy: most of the probability on few candidates, mean token entropy about 0.4 nats
   * at any vocabulary. Over normal logits, {@value #CANDIDATES} tokens stand out with evenly spaced
   * logits. The spacing differs from row to row, from nearly certain tokens to real choices, as
   * token entropies of reasoning policies do.
   */
  PEAKED("peaked_h0.4") {
    @Override
    public void fill(float[] row, RandomGenerator random) {
      normal(row, random);
      double background = Math.log(row.length) + SIGMA * SIGMA / 2;
      double spacing = random.nextDouble(NARROWEST, WIDEST);
      double logit = background + MARGIN;
      for (int candidate = 0; candidate < Math.min(CANDIDATES, row.length); candidate++) {
        row[random.nextInt(row.length)] = (float) logit;
        logit -= spacing;
      }
    }
  };

  private static final double SIGMA = 2.5;
  private static final int CANDIDATES = 16;

  /**
   * The first candidate's logit minus the log-sum-exp of the normal ones, which share exp(−6) of
   * its probability.
   */
  private static final double MARGIN = 6;

  private static final double NARROWEST = 0.5;
  private static final double WIDEST = 5.75;

  private final String id;

  LogitDistribution(String id) {
    this.id = id;
  }

  /** The name in CSV files, its parameter included. */
  public String id() {
    return id;
  }

  /** Draws the logits of one row. */
  public abstract void fill(float[] row, RandomGenerator random);

  private static void normal(float[] row, RandomGenerator random) {
    for (int j = 0; j < row.length; j++) {
      row[j] = (float) (SIGMA * random.nextGaussian());
    }
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
