package org.leash.loss.advantage;

import java.util.Set;

/** An estimator of the advantages of tokens. {@link Advantages} has the published ones. */
@FunctionalInterface
public interface Advantage {
  /**
   * One advantage per token; 0 at tokens that are not kept.
   *
   * @throws IllegalArgumentException the rewards do not fit the sequences, or lack a part that this
   *     estimator needs
   */
  double[] of(Sequences sequences, Rewards rewards);

  /** Regression targets for a critic, one value per token: by default the return to go. */
  default double[] targets(Sequences sequences, Rewards rewards) {
    return Advantages.returns(1.0).of(sequences, rewards);
  }

  /** The inputs needed in addition to outcomes. */
  default Set<Need> needs() {
    return Set.of();
  }

  /** Inputs that an estimator may need in addition to outcomes. */
  enum Need {
    /** {@link Rewards#withGreedy}. */
    GREEDY,
    /** {@link Rewards#withValues}. */
    VALUES,
    /** {@link Rewards#withSeveral}. */
    SEVERAL
  }
}
