package org.leash.training.policy;

/**
 * The values that an update computed for each token, before the weights changed; meaningless for
 * tokens that took no part.
 *
 * @param loss weight included
 * @param entropy in nats
 * @param ratio of the token's probability to that before the update, whatever ratio the loss takes
 * @param kl before its coefficient
 * @param clipFlags bits of the loss
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record TokenOutcomes(
    double[] loss, double[] entropy, double[] ratio, double[] kl, int[] clipFlags) {}
