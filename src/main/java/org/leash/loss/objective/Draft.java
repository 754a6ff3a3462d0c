package org.leash.loss.objective;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.leash.loss.LogRatio;
import org.leash.loss.PolicyLoss;
import org.leash.loss.Rollout;
import org.leash.loss.advantage.Moments;
import org.leash.loss.advantage.Sequences;

/** The inputs of all tokens' losses, changed by {@link Adjustment}s. For a single evaluation. */
public final class Draft {
  final TokenColumns columns;
  final Sequences sequences;
  final PolicyLoss policy;
  final SplittableRandom random;
  final double[] advantage;

  /** Logarithm of the surrogate's ratio, and its slope with respect to logprob. */
  final double[] logRatio;

  final double[] logRatioSlope;

  /** The share of the surrogate's value to report, if several tokens share one value. */
  final double[] shareOfLoss;

  /** Factor of the surrogate that corrects for the sampler, a constant for the gradient. */
  final double[] rolloutWeight;

  /** Coefficient of |logprob − oldLogprob|. */
  final double[] penalty;

  final int[] flags;

  /** Whether the entropy of a token is too low for {@link TopEntropy}. */
  final boolean[] hasLowEntropy;

  /** Null: the entropy bonus is aggregated as the surrogate is. */
  TokenMeanEntropy.Over entropyMeanOver;

  /** How the tokens of a response share a ratio; null: they do not. */
  SequenceRatio.Of sharedRatio;

  /** Whether the reference of the KL term is the old policy. */
  boolean referenceIsOld;

  Draft(TokenColumns columns, PolicyLoss policy, long seed) {
    this.columns = columns;
    this.sequences = columns.sequences();
    this.policy = policy;
    this.random = new SplittableRandom(seed);
    int tokens = sequences.tokens();
    advantage = columns.advantage().clone();
    logRatio = new double[tokens];
    logRatioSlope = new double[tokens];
    shareOfLoss = new double[tokens];
    rolloutWeight = new double[tokens];
    penalty = new double[tokens];
    hasLowEntropy = new boolean[tokens];
    flags = new int[tokens];
    Arrays.fill(shareOfLoss, 1.0);
    for (int t = 0; t < tokens; t++) {
      if (sequences.isKept(t)) {
        logRatio[t] = ownLogRatio(t);
        logRatioSlope[t] = ownLogRatioSlope(t);
        flags[t] = logRatioSlope[t] == 0.0 ? PolicyLoss.CLAMPED_RATIO : 0;
        rolloutWeight[t] = givenRolloutWeight(t);
      }
    }
  }

  private double givenRolloutWeight(int t) {
    if (columns.rolloutWeight() != null) {
      flags[t] |= columns.rolloutWeight()[t] == 0.0 ? PolicyLoss.CLIPPED_ROLLOUT : 0;
      return columns.rolloutWeight()[t];
    }
    if (columns.rolloutLogprob() == null) {
      return 1.0;
    }
    double w = Math.exp(LogRatio.of(oldLogprob(t), columns.rolloutLogprob()[t]));
    boolean isOutside = Rollout.isOutside(w, policy.rolloutFloor(), policy.rolloutCap());
    flags[t] |= isOutside ? PolicyLoss.CLIPPED_ROLLOUT : 0;
    return policy.rollout().weight(w, policy.rolloutFloor(), policy.rolloutCap());
  }

  double oldLogprob(int token) {
    if (columns.oldLogprob() != null) {
      return columns.oldLogprob()[token];
    }
    return columns.logprob() == null ? Double.NaN : columns.logprob()[token];
  }

  /** The log-probability under the reference of the KL term; 0 without one. */
  double referenceLogprob(int token) {
    if (referenceIsOld) {
      return oldLogprob(token);
    }
    return columns.referenceLogprob() == null ? 0.0 : columns.referenceLogprob()[token];
  }

  /** logprob − oldLogprob of the token itself, clamped; 0 if either is absent. */
  double ownLogRatio(int token) {
    return columns.logprob() == null || columns.oldLogprob() == null
        ? 0.0
        : LogRatio.of(columns.logprob()[token], columns.oldLogprob()[token]);
  }

  double ownLogRatioSlope(int token) {
    return columns.logprob() == null || columns.oldLogprob() == null
        ? 1.0
        : LogRatio.slope(
            LogRatio.difference(columns.logprob()[token], columns.oldLogprob()[token]));
  }

  /** logprob − oldLogprob of the token itself, finite but not clamped; 0 if either is absent. */
  double wholeLogRatio(int token) {
    return columns.logprob() == null || columns.oldLogprob() == null
        ? 0.0
        : LogRatio.finite(columns.logprob()[token], columns.oldLogprob()[token]);
  }

  /** Runs an action on every kept token of a response. */
  void forEachKept(int sequence, TokenAction action) {
    for (int t = sequences.begin(sequence); t < sequences.end(sequence); t++) {
      if (sequences.isKept(t)) {
        action.at(t);
      }
    }
  }

  /** Sum of a value over the kept tokens of a response. */
  double sum(int sequence, TokenValue value) {
    double sum = 0.0;
    for (int t = sequences.begin(sequence); t < sequences.end(sequence); t++) {
      if (sequences.isKept(t)) {
        sum += value.of(t);
      }
    }
    return sum;
  }

  /**
   * (A − mean A)(logprob − mean logprob) of each kept token, with means over all kept tokens; −∞ at
   * other tokens and if the value is not finite. Cui et al., arXiv 2505.22617 (2025).
   */
  double[] covariances() {
    double[] logprob = columns.logprob();
    double meanAdvantage = Moments.mean(sequences.compact(columns.advantage()));
    double meanLogprob =
        Arrays.stream(sequences.compact(logprob)).filter(Double::isFinite).average().orElse(0.0);
    double[] covariances = new double[logprob.length];
    for (int t = 0; t < covariances.length; t++) {
      double covariance = (columns.advantage()[t] - meanAdvantage) * (logprob[t] - meanLogprob);
      covariances[t] =
          sequences.isKept(t) && Double.isFinite(covariance)
              ? covariance
              : Double.NEGATIVE_INFINITY;
    }
    return covariances;
  }

  /** An action on a token. */
  interface TokenAction {
    void at(int token);
  }

  /** A value of a token. */
  interface TokenValue {
    double of(int token);
  }
}
