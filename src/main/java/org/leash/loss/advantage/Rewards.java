package org.leash.loss.advantage;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.leash.loss.Kl;
import org.leash.loss.LogRatio;

/**
 * The inputs of advantages: the outcome of each response, and optional parts for some estimators.
 * An estimator that needs an absent part throws an exception that names it. An outcome of NaN means
 * that the response was not scored ({@link Advantage}); all other numbers are finite. Immutable.
 */
public final class Rewards {
  private final double[] outcomes;
  private final double[] tokens;
  private final double[] greedy;
  private final double[] values;
  private final double[][] several;
  private final double[] scoreNorms;
  private final double[] teacher;

  private Rewards(
      double[] outcomes,
      double[] tokens,
      double[] greedy,
      double[] values,
      double[][] several,
      double[] scoreNorms,
      double[] teacher) {
    this.outcomes = outcomes;
    this.tokens = tokens;
    this.greedy = greedy;
    this.values = values;
    this.several = several;
    this.scoreNorms = scoreNorms;
    this.teacher = teacher;
  }

  /**
   * One reward per response, from the verifier.
   *
   * @param outcomes finite, or NaN for a response that was not scored
   * @throws IllegalArgumentException an outcome is infinite
   */
  public static Rewards of(double[] outcomes) {
    for (int i = 0; i < outcomes.length; i++) {
      if (Double.isInfinite(outcomes[i])) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "outcome[%d] = %s: must be finite, or NaN for a response that was not scored",
                i,
                outcomes[i]));
      }
    }
    return new Rewards(outcomes.clone(), null, null, null, null, null, null);
  }

  /** With rewards of tokens, added to the outcomes, which belong to the last kept tokens. */
  public Rewards withTokens(double[] perToken) {
    return new Rewards(outcomes, perToken.clone(), greedy, values, several, scoreNorms, teacher);
  }

  /** With the reward of the greedy response to the prompt of each response, for ReMax. */
  public Rewards withGreedy(double[] perSequence) {
    return new Rewards(outcomes, tokens, perSequence.clone(), values, several, scoreNorms, teacher);
  }

  /** With a critic's value at each token, for GAE. */
  public Rewards withValues(double[] perToken) {
    return new Rewards(outcomes, tokens, greedy, perToken.clone(), several, scoreNorms, teacher);
  }

  /**
   * With several rewards: {@code several[j][i]} is reward j of response i, for GDPO; NaN if the
   * response has no such reward.
   */
  public Rewards withSeveral(double[][] rewards) {
    double[][] copy = new double[rewards.length][];
    for (int j = 0; j < copy.length; j++) {
      copy[j] = rewards[j].clone();
    }
    return new Rewards(outcomes, tokens, greedy, values, copy, scoreNorms, teacher);
  }

  /**
   * With the squared norm of the gradient of each token's log-probability with respect to the
   * logits, for {@link OptimalTokenBaseline}: 1 − 2p + Σ p², at least 0 whatever the rounding of
   * its terms.
   *
   * @param logprob of each token, under the policy before the update
   * @param collision Σ p² at each token, from {@link org.leash.operation.TokenStatistics}
   * @param rolloutWeight of each token, whose square multiplies the norm; or null
   */
  public Rewards withScoreNorms(double[] logprob, double[] collision, double[] rolloutWeight) {
    if (collision.length != logprob.length
        || (rolloutWeight != null && rolloutWeight.length != logprob.length)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d log-probabilities, %d collision probabilities and %d weights;"
                  + " each token needs one of each",
              logprob.length,
              collision.length,
              rolloutWeight == null ? logprob.length : rolloutWeight.length));
    }
    double[] norms = new double[logprob.length];
    for (int t = 0; t < norms.length; t++) {
      double weight = rolloutWeight == null ? 1.0 : rolloutWeight[t];
      norms[t] = Math.max(0.0, 1.0 - 2.0 * Math.exp(logprob[t]) + collision[t]) * weight * weight;
    }
    return new Rewards(outcomes, tokens, greedy, values, several, norms, teacher);
  }

  /**
   * With how much likelier a teacher finds each token, for {@link Distillation}: log teacher − log
   * student, which must be finite where a token is kept.
   *
   * @param teacher log-probability of each token under the teacher
   * @param student under the policy, or its sampler
   */
  public Rewards withTeacher(double[] teacher, double[] student) {
    if (teacher.length != student.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d log-probabilities of the teacher, but %d of the student;"
                  + " each token needs one of each",
              teacher.length,
              student.length));
    }
    double[] difference = new double[teacher.length];
    Arrays.setAll(difference, t -> LogRatio.difference(teacher[t], student[t]));
    return new Rewards(outcomes, tokens, greedy, values, several, scoreNorms, difference);
  }

  /** With outcomes clamped to [low, high]: reward_clip_range of TRL's RLOO. */
  public Rewards clipped(double low, double high) {
    if (!(low <= high)) {
      throw new IllegalArgumentException(
          "low = " + low + ", high = " + high + ": needs low <= high");
    }
    double[] clipped =
        Arrays.stream(outcomes).map(outcome -> Math.max(low, Math.min(outcome, high))).toArray();
    return new Rewards(clipped, tokens, greedy, values, several, scoreNorms, teacher);
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
    return new Rewards(penalised, tokens, greedy, values, several, scoreNorms, teacher);
  }

  /** The responses that have an outcome, in ascending order. */
  int[] scored(Sequences sequences) {
    double[] all = outcomes(sequences);
    return IntStream.range(0, all.length).filter(i -> !Double.isNaN(all[i])).toArray();
  }

  /** The rewards of some responses. */
  Rewards selected(Sequences sequences, int[] responses) {
    return new Rewards(
        selected(outcomes(sequences), responses),
        tokens == null ? null : sequences.gathered(responses, tokens(sequences)),
        greedy == null ? null : selected(greedy(sequences), responses),
        values == null ? null : sequences.gathered(responses, values(sequences)),
        several == null
            ? null
            : Arrays.stream(several(sequences))
                .map(each -> selected(each, responses))
                .toArray(double[][]::new),
        scoreNorms == null ? null : sequences.gathered(responses, scoreNorms(sequences)),
        teacher == null ? null : sequences.gathered(responses, teacher(sequences)));
  }

  private static double[] selected(double[] perSequence, int[] responses) {
    return Arrays.stream(responses).mapToDouble(i -> perSequence[i]).toArray();
  }

  double[] outcomes(Sequences sequences) {
    sequences.check("outcomes", outcomes, sequences.count());
    return outcomes;
  }

  double[] greedy(Sequences sequences) {
    double[] all = required("greedy", greedy, sequences.count(), sequences);
    for (int i = 0; i < all.length; i++) {
      if (!Double.isNaN(outcomes[i])) {
        requireFinite("greedy", i, all[i]);
      }
    }
    return all;
  }

  double[] values(Sequences sequences) {
    return finite("values", required("values", values, sequences.tokens(), sequences), sequences);
  }

  /** A copy of the critic's values; 0 if there are none. */
  double[] valuesOrZero(Sequences sequences) {
    return values == null ? new double[sequences.tokens()] : values(sequences).clone();
  }

  double[][] several(Sequences sequences) {
    if (several == null) {
      throw missing("several");
    }
    for (double[] rewards : several) {
      sequences.check("one of several rewards", rewards, sequences.count());
      for (int i = 0; i < rewards.length; i++) {
        if (Double.isInfinite(rewards[i])) {
          requireFinite("one of several rewards", i, rewards[i]);
        }
      }
    }
    return several;
  }

  double[] teacher(Sequences sequences) {
    return finite(
        "teacher", required("teacher", teacher, sequences.tokens(), sequences), sequences);
  }

  double[] scoreNorms(Sequences sequences) {
    return finite(
        "scoreNorms", required("scoreNorms", scoreNorms, sequences.tokens(), sequences), sequences);
  }

  private double[] tokens(Sequences sequences) {
    sequences.check("tokens", tokens, sequences.tokens());
    return finite("tokens", tokens, sequences);
  }

  /** Checks the values of kept tokens. */
  private static double[] finite(String name, double[] perToken, Sequences sequences) {
    for (int t = 0; t < perToken.length; t++) {
      if (sequences.isKept(t)) {
        requireFinite(name, t, perToken[t]);
      }
    }
    return perToken;
  }

  private static void requireFinite(String name, int index, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s[%d] = %s: must be finite", name, index, value));
    }
  }

  /** Rewards of the tokens, with each outcome at the last kept token of its response. */
  double[] perToken(Sequences sequences) {
    double[] all = new double[sequences.tokens()];
    double[] own = tokens == null ? all.clone() : tokens(sequences);
    double[] last = outcomes(sequences);
    for (int i = 0; i < sequences.count(); i++) {
      boolean atLast = true;
      for (int t = sequences.end(i) - 1; t >= sequences.begin(i); t--) {
        if (sequences.isKept(t)) {
          all[t] = own[t] + (atLast ? last[i] : 0.0);
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
