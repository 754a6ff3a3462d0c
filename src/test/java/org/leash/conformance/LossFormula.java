package org.leash.conformance;

import java.util.OptionalDouble;
import org.leash.loss.LossCopy;
import org.leash.reference.PolicyReference.Outcome;

/** One of the Java copies as a {@link Formula}; {@link MutationTest} loads fresh instances. */
record LossFormula(LossCopy copy) implements Formula {

  @Override
  public double[] outcome(
      int policy,
      double logprob,
      double entropy,
      double advantage,
      double oldLogprob,
      double referenceLogprob,
      double rolloutLogprob,
      double weight) {
    Outcome outcome =
        evaluate(
            Policies.number(policy),
            logprob,
            entropy,
            advantage,
            oldLogprob,
            referenceLogprob,
            rolloutLogprob,
            weight);
    return new double[] {
      outcome.loss(),
      outcome.ratio(),
      outcome.kl(),
      outcome.clipFlags(),
      outcome.gradLogprob(),
      outcome.gradEntropy()
    };
  }

  /** The outcome of a policy, with the columns that it uses. */
  Outcome evaluate(
      Policies columns,
      double logprob,
      double entropy,
      double advantage,
      double oldLogprob,
      double referenceLogprob,
      double rolloutLogprob,
      double weight) {
    return copy.evaluate(
        columns.loss(),
        logprob,
        entropy,
        advantage,
        columns.hasOld() ? oldLogprob : logprob,
        referenceLogprob,
        columns.hasRollout() ? OptionalDouble.of(rolloutLogprob) : OptionalDouble.empty(),
        columns.hasWeight() ? weight : 1.0);
  }
}
