package org.leash.loss.advantage;

import org.leash.loss.Kl;

/**
 * The inputs of advantages: the outcome of each response, and optional parts for some estimators.
 * An estimator that needs an absent part throws an exception that names it. Immutable.
 */
public final class Rewards {
  private final double[] outcomes;
  private final double[] tokens;
  private final double[] greedy;
  private final double[] values;
  private final double[][] several;

  private Rewards(
      double[] outcomes, double[] tokens, double[] greedy, double[] values, double[][] several) {
    this.outcomes = outcomes;
    this.tokens = tokens;
    this.greedy = greedy;
    this.values = values;
    this.several = several;
  }

  /** One reward per response, from the verifier. */
  public static Rewards of(double[] outcomes) {
    return new Rewards(outcomes.clone(), null, null, null, null);
  }

  /** With rewards of tokens, added to the outcomes, which belong to the last kept tokens. */
  public Rewards withTokens(double[] perToken) {
    return new Rewards(outcomes, perToken.clone(), greedy, values, several);
  }

  /** With the reward of the greedy response to the prompt of each response, for ReMax. */
  public Rewards withGreedy(double[] perSequence) {
    return new Rewards(outcomes, tokens, perSequence.clone(), values, several);
  }

  /** With a critic's value at each token, for GAE. */
  public Rewards withValues(double[] perToken) {
    return new Rewards(outcomes, tokens, greedy, perToken.clone(), several);
  }

  /** With several rewards: {@code several[j][i]} is reward j of response i, for GDPO. */
  public Rewards withSeveral(double[][] rewards) {
    double[][] copy = new double[rewards.length][];
    for (int j = 0; j < copy.length; j++) {
      copy[j] = rewards[j].clone();
    }
    return new Rewards(outcomes, tokens, greedy, values, copy);
  }

  /**
   * With −coefficient · kl at each kept token, the KL penalty in the reward of REINFORCE++ and PPO.
   * The penalty is a constant for the gradient, so only K1 gives the expected gradient of the
   * divergence.
   *
   * @param logprob under the sampling policy, one per token
   * @param reference under the reference policy, one per token
   */
  public Rewards withTokenPenalty(
      Sequences sequences, Kl estimator, double coefficient, double[] logprob, double[] reference) {
    double[] penalised = tokens == null ? new double[sequences.tokens()] : tokens.clone();
    for (int t = 0; t < penalised.length; t++) {
      if (sequences.isKept(t)) {
        penalised[t] -= coefficient * estimator.estimate(logprob[t], reference[t]);
      }
    }
    return withTokens(penalised);
  }

  /** With −coefficient · Σ kl in each outcome, the KL penalty of TRL's RLOO. */
  public Rewards withSequencePenalty(
      Sequences sequences, Kl estimator, double coefficient, double[] logprob, double[] reference) {
    double[] penalised = outcomes.clone();
    for (int i = 0; i < penalised.length; i++) {
      for (int t = sequences.begin(i); t < sequences.end(i); t++) {
        if (sequences.isKept(t)) {
          penalised[i] -= coefficient * estimator.estimate(logprob[t], reference[t]);
        }
      }
    }
    return new Rewards(penalised, tokens, greedy, values, several);
  }

  double[] outcomes(Sequences sequences) {
    sequences.check("outcomes", outcomes, sequences.count());
    return outcomes;
  }

  double[] greedy(Sequences sequences) {
    return required("greedy", greedy, sequences.count(), sequences);
  }

  double[] values(Sequences sequences) {
    return required("values", values, sequences.tokens(), sequences);
  }

  double[][] several(Sequences sequences) {
    if (several == null) {
      throw missing("several");
    }
    for (double[] rewards : several) {
      sequences.check("one of several rewards", rewards, sequences.count());
    }
    return several;
  }

  /** Rewards of the tokens, with each outcome at the last kept token of its response. */
  double[] perToken(Sequences sequences) {
    double[] all = new double[sequences.tokens()];
    if (tokens != null) {
      sequences.check("tokens", tokens, all.length);
    }
    double[] last = outcomes(sequences);
    for (int i = 0; i < sequences.count(); i++) {
      boolean atLast = true;
      for (int t = sequences.end(i) - 1; t >= sequences.begin(i); t--) {
        if (sequences.isKept(t)) {
          all[t] = (tokens == null ? 0.0 : tokens[t]) + (atLast ? last[i] : 0.0);
          atLast = false;
        }
      }
    }
    return all;
  }

  private static double[] required(String name, double[] values, int entries, Sequences sequences) {
    if (values == null) {
      throw missing(name);
    }
    sequences.check(name, values, entries);
    return values;
  }

  private static IllegalArgumentException missing(String name) {
    return new IllegalArgumentException(
        "this advantage needs more than outcomes: set Rewards.with"
            + Character.toUpperCase(name.charAt(0))
            + name.substring(1));
  }
}
