package org.leash.loss;

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
}
