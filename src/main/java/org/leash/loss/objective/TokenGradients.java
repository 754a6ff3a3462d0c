package org.leash.loss.objective;

import org.leash.loss.PolicyLoss;

/**
 * What an {@link Objective} makes of a batch: a value for each token, 0 at those that are not kept.
 * The loss of the batch is the sum of {@code loss}; the gradients are what {@code logits_gradient}
 * takes.
 *
 * @param loss weights included
 * @param ratio the one that the surrogate saw: the token's own, or its response's
 * @param kl before its coefficient
 * @param clipFlags {@link PolicyLoss}'s
 * @param gradLogprob derivative of the batch's loss with respect to the token's log-probability
 * @param gradEntropy derivative with respect to its entropy
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared as a whole.
public record TokenGradients(
    double[] loss,
    double[] ratio,
    double[] kl,
    int[] clipFlags,
    double[] gradLogprob,
    double[] gradEntropy) {

  static TokenGradients zero(int tokens) {
    return new TokenGradients(
        new double[tokens],
        new double[tokens],
        new double[tokens],
        new int[tokens],
        new double[tokens],
        new double[tokens]);
  }

  /** The loss of the batch. */
  public double total() {
    double sum = 0.0;
    for (double value : loss) {
      sum += value;
    }
    return sum;
  }
}
