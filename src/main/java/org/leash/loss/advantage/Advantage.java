package org.leash.loss.advantage;

import java.util.Set;

/**
 * An estimator of the advantages of tokens. {@link Advantages} has the published ones.
 *
 * <p>A response without an outcome (NaN), because its verifier failed or timed out, has an
 * advantage of 0 and is no part of the mean or deviation of any group or batch, as in TRL (2026).
 */
@FunctionalInterface
public interface Advantage {
  /**
   * One advantage per token of responses that all have an outcome; 0 at tokens that are not kept.
   */
  double[] ofScored(Sequences sequences, Rewards rewards);

  /**
   * One advantage per token; 0 at tokens that are not kept, and of responses without an outcome.
   *
   * @throws IllegalArgumentException the rewards do not fit the sequences, lack a part that this
   *     estimator needs, or have a number there that is not finite
   */
  default double[] of(Sequences sequences, Rewards rewards) {
    int[] scored = rewards.scored(sequences);
    return scored.length == sequences.count()
        ? ofScored(sequences, rewards)
        : sequences.scattered(
            scored,
            ofScored(sequences.selected(scored), rewards.selected(sequences, scored)),
            new double[sequences.tokens()]);
  }

  /**
   * Regression targets for a critic, one value per token: by default the return to go. Those of
   * responses without an outcome are the critic's values, if there are any.
   */
  default double[] targets(Sequences sequences, Rewards rewards) {
    int[] scored = rewards.scored(sequences);
    return scored.length == sequences.count()
        ? targetsOfScored(sequences, rewards)
        : sequences.scattered(
            scored,
            targetsOfScored(sequences.selected(scored), rewards.selected(sequences, scored)),
            rewards.valuesOrZero(sequences));
  }

  /** The targets of responses that all have an outcome. */
  default double[] targetsOfScored(Sequences sequences, Rewards rewards) {
    return Advantages.returns(1.0).ofScored(sequences, rewards);
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
    SEVERAL,
    /** {@link Rewards#withScoreNorms}. */
    SCORE_NORMS,
    /** {@link Rewards#withTeacher}. */
    TEACHER
  }
}
