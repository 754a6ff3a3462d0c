package org.leash.loss.objective;

import org.leash.loss.advantage.Advantage;
import org.leash.loss.advantage.Aggregation;
import org.leash.loss.advantage.Sequences;

/**
 * A batch as an {@link Objective} reads it: a value for each token, of which those at tokens that
 * are not kept are never used.
 *
 * @param sequences what the tokens make up
 * @param logprob under the policy; null where {@link Objective#prepare} is all that is wanted
 * @param entropy of the policy in nats; null: 0
 * @param advantage as an {@link Advantage} gave it
 * @param oldLogprob under the policy before the update; null: {@code logprob} as a constant
 * @param referenceLogprob under the reference policy; null where there is no KL term
 * @param rolloutLogprob as the sampler reported it; null: no rollout correction
 * @param weight as an {@link Aggregation} gave it
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
    double[] weight) {

  /** Checks that every column has an entry for each token. */
  public TokenColumns {
    check(sequences, "logprob", logprob);
    check(sequences, "entropy", entropy);
    check(sequences, "advantage", advantage);
    check(sequences, "oldLogprob", oldLogprob);
    check(sequences, "referenceLogprob", referenceLogprob);
    check(sequences, "rolloutLogprob", rolloutLogprob);
    check(sequences, "weight", weight);
    if (advantage == null || weight == null) {
      throw new IllegalArgumentException("advantage and weight are needed; weights may all be 1");
    }
  }

  private static void check(Sequences sequences, String name, double[] column) {
    if (column != null) {
      sequences.check(name, column, sequences.tokens());
    }
  }
}
