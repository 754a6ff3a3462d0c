package org.leash.loss.correction;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.leash.loss.LogRatio;
import org.leash.loss.PolicyLoss;
import org.leash.loss.Rollout;
import org.leash.loss.advantage.Aggregation;
import org.leash.loss.advantage.Sequences;
import org.leash.loss.objective.TokenColumns;

/**
 * Corrects a batch for a sampler whose probabilities differ from those of the policy before the
 * update: weights, and rejection of tokens and responses that are too far off. All of it depends on
 * oldLogprob − rolloutLogprob alone, so a pass over the logits stays fused.
 *
 * <ol>
 *   <li>A weight per token or response, from log w = oldLogprob − rolloutLogprob, is bounded, and
 *       on request divided by its mean over the batch.
 *   <li>Every rejection drops the tokens that it applies to.
 *   <li>Rejected tokens either leave the batch, with new aggregation weights for the rest ({@link
 *       Counted#KEPT}), or remain in the counts without a surrogate ({@link Counted#ALL}).
 * </ol>
 *
 * <p>Sums over a response are of log-ratios that are not clamped; the sum is then clamped to [−20,
 * 20]. For weights of single tokens alone, {@link PolicyLoss#withRollout} does the same inside the
 * kernels.
 *
 * @param weight what the weights are of
 * @param outside the treatment of weights outside [floor, cap]
 * @param floor the smallest weight within bounds, at least 0
 * @param cap the largest weight within bounds; +∞ for none
 * @param isNormalised whether weights are divided by their mean: over tokens, or over responses
 *     with a kept token if there is one weight per response
 * @param rejections all apply
 * @param counted whether aggregation counts rejected tokens
 */
public record RolloutCorrection(
    Weight weight,
    Rollout outside,
    double floor,
    double cap,
    boolean isNormalised,
    List<Rejection> rejections,
    Counted counted) {

  /** What a weight is of. */
  public enum Weight {
    /** All weights are 1. */
    NONE,
    /** A token: w. */
    TOKEN,
    /** A response: the product of its w. */
    PRODUCT,
    /** A response: the geometric mean of its w. */
    GEOMETRIC_MEAN
  }

  /** The tokens that aggregation counts. */
  public enum Counted {
    /** Those not rejected, as in verl: rejected tokens also lose their KL and entropy terms. */
    KEPT,
    /** All, as in AReaL and TRL: rejected tokens lose only their surrogate. */
    ALL
  }

  /** No correction. */
  public static final RolloutCorrection NONE =
      new RolloutCorrection(
          Weight.NONE,
          Rollout.TRUNCATE,
          0.0,
          Double.POSITIVE_INFINITY,
          false,
          List.of(),
          Counted.ALL);

  /** Copies the rejections and checks the bounds. */
  public RolloutCorrection {
    rejections = List.copyOf(rejections);
    if (!(floor >= 0.0 && floor <= cap && cap > 0.0)) {
      throw new IllegalArgumentException(
          "floor = " + floor + ", cap = " + cap + ": needs 0 <= floor <= cap, cap > 0");
    }
    if (weight == Weight.NONE && (isNormalised || floor > 0.0 || cap < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "floor = %s, cap = %s, isNormalised = %s: there are no weights to bound or normalise"
              .formatted(floor, cap, isNormalised));
    }
  }

  /** Weights truncated to [floor, cap]: truncated importance sampling. */
  public static RolloutCorrection truncated(Weight weight, double floor, double cap) {
    return NONE.withWeight(weight, Rollout.TRUNCATE, floor, cap);
  }

  /** Weights masked outside [floor, cap]: masked importance sampling. */
  public static RolloutCorrection masked(Weight weight, double floor, double cap) {
    return NONE.withWeight(weight, Rollout.MASK, floor, cap);
  }

  /** Rejections alone, without weights. */
  public static RolloutCorrection rejecting(Counted counted, Rejection... rejections) {
    return NONE.with(counted, rejections);
  }

  /** This correction with other weights. */
  public RolloutCorrection withWeight(Weight other, Rollout outside, double floor, double cap) {
    return new RolloutCorrection(other, outside, floor, cap, isNormalised, rejections, counted);
  }

  /** This correction with its weights divided by their mean. */
  public RolloutCorrection normalised() {
    return new RolloutCorrection(weight, outside, floor, cap, true, rejections, counted);
  }

  /** This correction with other rejections. */
  public RolloutCorrection with(Counted counted, Rejection... rejections) {
    return new RolloutCorrection(
        weight, outside, floor, cap, isNormalised, List.of(rejections), counted);
  }

  /**
   * The columns with rollout weights, and without rejected tokens.
   *
   * @param columns with oldLogprob and rolloutLogprob
   * @param aggregation of the tokens that are counted
   * @param maxLength as in {@link Aggregation#weights}
   * @throws IllegalArgumentException a column is missing
   */
  public TokenColumns apply(TokenColumns columns, Aggregation aggregation, int maxLength) {
    return apply(columns, kept -> aggregation.weights(columns.sequences().masked(kept), maxLength));
  }

  /**
   * The same for tokens that are part of a larger batch.
   *
   * @param aggregation the weights of all tokens of the columns, given which of them remain
   */
  public TokenColumns apply(TokenColumns columns, Function<boolean[], double[]> aggregation) {
    if (equals(NONE)) {
      return columns;
    }
    if (columns.oldLogprob() == null || columns.rolloutLogprob() == null) {
      throw new IllegalArgumentException(
          "oldLogprob and rolloutLogprob are needed by a correction for the sampler");
    }
    Sequences all = columns.sequences();
    double[] log = logRatios(all, columns.oldLogprob(), columns.rolloutLogprob());
    double[] weights = weights(all, log);
    boolean[] accepted = accepted(all, log);
    Sequences left = all;
    double[] aggregated = columns.weight();
    if (counted == Counted.KEPT && !rejections.isEmpty()) {
      boolean[] kept = new boolean[all.tokens()];
      for (int t = 0; t < kept.length; t++) {
        kept[t] = accepted[t] && all.isKept(t);
      }
      left = all.masked(kept);
      aggregated = aggregation.apply(kept);
    }
    for (int t = 0; t < weights.length; t++) {
      weights[t] = accepted[t] ? weights[t] : 0.0;
    }
    return new TokenColumns(
        left,
        columns.logprob(),
        columns.entropy(),
        columns.advantage(),
        columns.oldLogprob(),
        columns.referenceLogprob(),
        columns.rolloutLogprob(),
        weights,
        aggregated);
  }

  /**
   * Whether each token passes all rejections.
   *
   * @param oldLogprob under the policy before the update
   * @param rolloutLogprob reported by the sampler
   */
  public boolean[] accepted(Sequences sequences, double[] oldLogprob, double[] rolloutLogprob) {
    return accepted(sequences, logRatios(sequences, oldLogprob, rolloutLogprob));
  }

  private boolean[] accepted(Sequences sequences, double[] log) {
    boolean[] accepted = new boolean[log.length];
    Arrays.fill(accepted, true);
    rejections.forEach(rejection -> rejection.apply(sequences, log, accepted));
    return accepted;
  }

  /**
   * The weight of each token, whether or not it passes the rejections.
   *
   * @param oldLogprob under the policy before the update
   * @param rolloutLogprob reported by the sampler
   */
  public double[] weights(Sequences sequences, double[] oldLogprob, double[] rolloutLogprob) {
    return weights(sequences, logRatios(sequences, oldLogprob, rolloutLogprob));
  }

  /** log w of the kept tokens. */
  private static double[] logRatios(
      Sequences sequences, double[] oldLogprob, double[] rolloutLogprob) {
    double[] log = new double[sequences.tokens()];
    Arrays.setAll(
        log, t -> sequences.isKept(t) ? LogRatio.finite(oldLogprob[t], rolloutLogprob[t]) : 0.0);
    return log;
  }

  private double[] weights(Sequences sequences, double[] log) {
    double[] weights = new double[log.length];
    double sum = 0.0;
    for (int i = 0; i < sequences.count(); i++) {
      double ofSequence = 0.0;
      for (int t = sequences.begin(i); t < sequences.end(i); t++) {
        ofSequence += log[t];
      }
      for (int t = sequences.begin(i); t < sequences.end(i); t++) {
        double of =
            switch (weight) {
              case NONE -> 0.0;
              case TOKEN -> log[t];
              case PRODUCT -> ofSequence;
              case GEOMETRIC_MEAN -> ofSequence / sequences.length(i);
            };
        weights[t] = outside.weight(Math.exp(LogRatio.clamp(of)), floor, cap);
        if (sequences.isKept(t)) {
          sum += weight == Weight.TOKEN ? weights[t] : weights[t] / sequences.length(i);
        }
      }
    }
    int count = weight == Weight.TOKEN ? sequences.keptTokens() : sequences.nonEmpty();
    if (isNormalised && sum > 0.0) {
      for (int t = 0; t < weights.length; t++) {
        weights[t] *= count / sum;
      }
    }
    return weights;
  }
}
