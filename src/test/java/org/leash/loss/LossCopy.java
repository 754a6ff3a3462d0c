package org.leash.loss;

import java.util.OptionalDouble;
import org.leash.reference.PolicyReference;
import org.leash.reference.PolicyReference.Outcome;

/** The two copies of the policy loss in Java, behind one call. */
public enum LossCopy {
  LIBRARY {
    @Override
    public Outcome evaluate(
        PolicyLoss policy,
        double logprob,
        double entropy,
        double advantage,
        double oldLogprob,
        double referenceLogprob,
        OptionalDouble rolloutLogprob,
        double weight) {
      TokenLoss token =
          new TokenLoss()
              .of(logprob, entropy)
              .advantage(advantage)
              .oldLogprob(oldLogprob)
              .referenceLogprob(referenceLogprob)
              .weight(weight);
      rolloutLogprob.ifPresent(token::rolloutLogprob);
      token.evaluate(policy);
      return new Outcome(
          token.loss(),
          token.ratio(),
          token.kl(),
          token.clipFlags(),
          token.gradLogprob(),
          token.gradEntropy());
    }
  },
  REFERENCE {
    @Override
    public Outcome evaluate(
        PolicyLoss policy,
        double logprob,
        double entropy,
        double advantage,
        double oldLogprob,
        double referenceLogprob,
        OptionalDouble rolloutLogprob,
        double weight) {
      return PolicyReference.evaluate(
          policy,
          logprob,
          entropy,
          advantage,
          oldLogprob,
          referenceLogprob,
          rolloutLogprob,
          weight);
    }
  };

  /** The loss of a token with or without a rollout log-probability. */
  public abstract Outcome evaluate(
      PolicyLoss policy,
      double logprob,
      double entropy,
      double advantage,
      double oldLogprob,
      double referenceLogprob,
      OptionalDouble rolloutLogprob,
      double weight);

  final Outcome evaluate(
      PolicyLoss policy,
      double logprob,
      double entropy,
      double advantage,
      double oldLogprob,
      double referenceLogprob,
      double rolloutLogprob,
      double weight) {
    return evaluate(
        policy,
        logprob,
        entropy,
        advantage,
        oldLogprob,
        referenceLogprob,
        OptionalDouble.of(rolloutLogprob),
        weight);
  }

  final Outcome evaluate(
      PolicyLoss policy,
      double logprob,
      double entropy,
      double advantage,
      double oldLogprob,
      double referenceLogprob,
      double weight) {
    return evaluate(
        policy,
        logprob,
        entropy,
        advantage,
        oldLogprob,
        referenceLogprob,
        OptionalDouble.empty(),
        weight);
  }
}
