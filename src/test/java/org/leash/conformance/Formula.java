package org.leash.conformance;

/**
 * A copy of the policy loss with only numbers in its interface, so that any class loader may define
 * it.
 */
@FunctionalInterface
public interface Formula {
  /**
   * Loss, ratio, KL, clip flags and the derivatives by logprob and entropy of one token.
   *
   * @param policy number of a policy, see {@link Policies}, which says what of the rest is used
   */
  double[] outcome(
      int policy,
      double logprob,
      double entropy,
      double advantage,
      double oldLogprob,
      double referenceLogprob,
      double rolloutLogprob,
      double weight);
}
