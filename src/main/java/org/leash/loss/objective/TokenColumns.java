package org.leash.loss.objective;

import org.leash.loss.advantage.Advantage;
import org.leash.loss.advantage.Aggregation;
import org.leash.loss.advantage.Sequences;

/**
 * The inputs of an {@link Objective} for a batch: columns with one value per token. Values at
 * tokens that are not kept are never used.
 *
 * @param sequences the responses of the batch
 * @param logprob under the policy; may be null for {@link Objective#prepare}
 * @param entropy of the policy in nats; null: 0
 * @param advantage computed by an {@link Advantage}
 * @param oldLogprob under the policy before the update; null: {@code logprob} as a constant
 * @param referenceLogprob under the reference policy; may be null without a KL term
 * @param rolloutLogprob reported by the sampler; null: unknown
 * @param rolloutWeight factor of the surrogate that corrects for the sampler, from {@code
 *     correction.RolloutCorrection}; null: computed by the policy loss from oldLogprob −
 *     rolloutLogprob, 1 without rolloutLogprob
 * @param weight computed by an {@link Aggregation}
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared as a whole.
public record TokenColumns(
    Sequences sequences,
    double[] logprob,
    double[] entropy,
    double[] advantage,
    double[] oldLogprob,
    double[] referenceLogprob,
    double[] rolloutLogprob,
    double[] rolloutWeight,
    double[] weight) {

  /** Checks that every column has one entry per token. */
  public TokenColumns {
    check(sequences, "logprob", logprob);
    check(sequences, "entropy", entropy);
    check(sequences, "advantage", advantage);
    check(sequences, "oldLogprob", oldLogprob);
    check(sequences, "referenceLogprob", referenceLogprob);
    check(sequences, "rolloutLogprob", rolloutLogprob);
    check(sequences, "rolloutWeight", rolloutWeight);
    check(sequences, "weight", weight);
    if (advantage == null || weight == null) {
      throw new IllegalArgumentException("advantage and weight are needed; weights may all be 1");
    }
  }

  /** These columns with the policy's present statistics. */
  public TokenColumns withStatistics(double[] presentLogprob, double[] presentEntropy) {
    return new TokenColumns(
        sequences,
        presentLogprob,
        presentEntropy,
        advantage,
        oldLogprob,
        referenceLogprob,
        rolloutLogprob,
        rolloutWeight,
        weight);
  }

  private static void check(Sequences sequences, String name, double[] column) {
    if (column != null) {
      sequences.check(name, column, sequences.tokens());
    }
  }
}
