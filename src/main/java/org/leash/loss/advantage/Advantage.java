package org.leash.loss.advantage;

import java.util.Set;

/** How much better a token did than expected. {@link Advantages} has the published ones. */
@FunctionalInterface
public interface Advantage {
  /**
   * One advantage for each token; 0 at tokens that are not kept.
   *
   * @throws IllegalArgumentException the rewards do not fit the sequences, or lack what this
   *     estimator needs
   */
  double[] of(Sequences sequences, Rewards rewards);

  /**
   * What a critic should have said at each token, so that this estimator can use it next time: the
   * return to go, unless the estimator knows better.
   */
  default double[] targets(Sequences sequences, Rewards rewards) {
    return Advantages.returns(1.0).of(sequences, rewards);
  }

  /** What it needs besides outcomes. */
  default Set<Need> needs() {
    return Set.of();
  }

  /** What an estimator may need besides outcomes. */
  enum Need {
    /** {@link Rewards#withGreedy}. */
    GREEDY,
    /** {@link Rewards#withValues}. */
    VALUES,
    /** {@link Rewards#withSeveral}. */
    SEVERAL
  }
}
