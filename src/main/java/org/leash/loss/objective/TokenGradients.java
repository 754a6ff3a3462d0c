package org.leash.loss.objective;

import org.leash.loss.PolicyLoss;

/**
 * The results of an {@link Objective} for a batch: one value per token, 0 at tokens that are not
 * kept. The loss of the batch is the sum of {@code loss}; the gradients are the inputs of {@code
 * logits_gradient}.
 *
 * @param loss including the weight
 * @param ratio the surrogate's ratio: of the token itself or of its response
 * @param kl without its coefficient
 * @param clipFlags flags of {@link PolicyLoss}
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
