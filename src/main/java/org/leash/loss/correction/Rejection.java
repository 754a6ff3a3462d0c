package org.leash.loss.correction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.leash.loss.LogRatio;
import org.leash.loss.advantage.Sequences;

/**
 * A bound of the difference between the policy before the update and the sampler, beyond which a
 * {@link RolloutCorrection} rejects a token or a response. The difference is estimated from l =
 * oldLogprob − rolloutLogprob of tokens, clamped to [−20, 20]: rollout_rs of verl (January 2026).
 *
 * @param estimate of the difference of a token
 * @param over how the estimates of a response are combined
 * @param low the smallest accepted value; −∞ for none
 * @param high the largest accepted value; +∞ for none; of {@link Over#BATCH}, the bound of the mean
 */
public record Rejection(Estimate estimate, Over over, double low, double high) {
  private static final double LEAST_RATIO = Math.exp(LogRatio.clamp(Double.NEGATIVE_INFINITY));

  /** An estimate of the difference from l. */
  public enum Estimate {
    /** −l. */
    K1,
    /** l² / 2. */
    K2,
    /** exp(l) − 1 − l. */
    K3;

    private double of(double log) {
      return switch (this) {
        case K1 -> -log;
        case K2 -> log * log / 2.0;
        case K3 -> Math.expm1(log) - log;
      };
    }
  }

  /** What a bound applies to. */
  public enum Over {
    /** Each token by itself. */
    TOKEN,
    /** A response: the sum over its tokens. */
    SUM,
    /** A response: the mean over its tokens. */
    MEAN,
    /** A response: its largest token. */
    MAX,
    /**
     * All kept tokens: the largest are rejected until the mean of the others is below {@code high},
     * or one is left. M2PO, arXiv 2510.01161 (2025), as in AReaL.
     */
    BATCH
  }

  /** Checks that the bounds are in order. */
  public Rejection {
    if (!(low <= high)) {
      throw new IllegalArgumentException(
          "low = " + low + ", high = " + high + ": needs low <= high");
    }
    if (over == Over.BATCH && (estimate == Estimate.K1 || low > 0.0)) {
      throw new IllegalArgumentException(
          "a mean over the batch has an upper bound only, of K2 or K3, not of " + estimate);
    }
  }

  /**
   * By K1, with bounds of the ratio exp(−l) of the sampler to the policy: verl's token_k1,
   * seq_sum_k1 and seq_mean_k1 with "low_high".
   */
  public static Rejection ratio(Over over, double low, double high) {
    if (!(low >= 0.0 && low <= high)) {
      throw new IllegalArgumentException(
          "low = " + low + ", high = " + high + ": ratios need 0 <= low <= high");
    }
    return new Rejection(Estimate.K1, over, Math.log(low), Math.log(high));
  }

  /** By an upper bound of K2 or K3, in nats. */
  public static Rejection divergence(Estimate estimate, Over over, double high) {
    if (!(high >= 0.0)) {
      throw new IllegalArgumentException(
          "high = " + high + ": " + estimate + " is never negative; needs high >= 0");
    }
    return new Rejection(estimate, over, Double.NEGATIVE_INFINITY, high);
  }

  /**
   * Rejects a response with a token whose ratio of policy to sampler is below a threshold, which is
   * more than the least ratio after clamping, exp(−20).
   */
  public static Rejection veto(double threshold) {
    if (!(threshold > LEAST_RATIO && threshold < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "threshold = %s: must be finite and > %.1e, the least ratio",
              threshold,
              LEAST_RATIO));
    }
    return new Rejection(Estimate.K1, Over.MAX, Double.NEGATIVE_INFINITY, -Math.log(threshold));
  }

  /**
   * Rejects the tokens with the largest l² until the mean of the others is below a threshold; 0.04
   * in the paper on M2PO.
   */
  public static Rejection secondMoment(double threshold) {
    if (!(threshold > 0.0)) {
      throw new IllegalArgumentException("threshold = " + threshold + ": must be > 0");
    }
    return divergence(Estimate.K2, Over.BATCH, threshold / 2.0);
  }

  /** The forms of the names that {@link #named} takes; words in capitals stand for numbers. */
  public static List<String> forms() {
    List<String> forms = new ArrayList<>();
    for (Over over : Over.values()) {
      for (Estimate estimate : Estimate.values()) {
        if (isNamed(over, estimate)) {
          forms.add(prefix(over, estimate) + (estimate == Estimate.K1 ? ":LOW:HIGH" : ":HIGH"));
        }
      }
    }
    forms.add("m2:THRESHOLD");
    forms.add("veto:THRESHOLD");
    return List.copyOf(forms);
  }

  private static boolean isNamed(Over over, Estimate estimate) {
    return over != Over.BATCH && (over != Over.MAX || estimate != Estimate.K1);
  }

  private static String prefix(Over over, Estimate estimate) {
    String scope = over == Over.TOKEN ? "token" : "seq_" + over;
    return (scope + "_" + estimate).toLowerCase(Locale.ROOT);
  }

  /**
   * The rejection with a name, spelt as verl spells it: {@code seq_mean_k1:0.5:2}, with bounds of
   * the ratio, {@code token_k3:0.1}, with a bound in nats, or {@code veto:1e-4}.
   *
   * @throws IllegalArgumentException there is none; the message lists the forms
   */
  public static Rejection named(String name) {
    String[] parts = name.split(":", -1);
    try {
      if (parts[0].equals("veto") && parts.length == 2) {
        return veto(Double.parseDouble(parts[1]));
      }
      if (parts[0].equals("m2") && parts.length == 2) {
        return secondMoment(Double.parseDouble(parts[1]));
      }
      for (Over over : Over.values()) {
        for (Estimate estimate : Estimate.values()) {
          if (!isNamed(over, estimate) || !parts[0].equals(prefix(over, estimate))) {
            continue;
          }
          if (estimate == Estimate.K1 && parts.length == 3) {
            return ratio(over, Double.parseDouble(parts[1]), Double.parseDouble(parts[2]));
          }
          if (estimate != Estimate.K1 && parts.length == 2) {
            return divergence(estimate, over, Double.parseDouble(parts[1]));
          }
        }
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage() + " is not a number", e);
    }
    throw new IllegalArgumentException(
        "no rejection \"%s\"; use one of %s".formatted(name, String.join(", ", forms())));
  }

  /** Clears the entries of rejected tokens. */
  void apply(Sequences sequences, double[] log, boolean[] accepted) {
    double[] values = new double[log.length];
    Arrays.setAll(values, t -> estimate.of(LogRatio.clamp(log[t])));
    switch (over) {
      case TOKEN -> applyToTokens(values, accepted);
      case SUM, MEAN, MAX -> applyToResponses(sequences, values, accepted);
      case BATCH -> applyToBatch(sequences, values, accepted);
    }
  }

  private boolean accepts(double value) {
    return value >= low && value <= high;
  }

  private void applyToTokens(double[] values, boolean[] accepted) {
    for (int t = 0; t < values.length; t++) {
      accepted[t] &= accepts(values[t]);
    }
  }

  private void applyToResponses(Sequences sequences, double[] values, boolean[] accepted) {
    for (int i = 0; i < sequences.count(); i++) {
      double sum = 0.0;
      double largest = Double.NEGATIVE_INFINITY;
      for (int t = sequences.begin(i); t < sequences.end(i); t++) {
        if (sequences.isKept(t)) {
          sum += values[t];
          largest = Math.max(largest, values[t]);
        }
      }
      double mean = sum / sequences.length(i);
      if (!accepts(over == Over.MAX ? largest : over == Over.MEAN ? mean : sum)) {
        Arrays.fill(accepted, sequences.begin(i), sequences.end(i), false);
      }
    }
  }

  private void applyToBatch(Sequences sequences, double[] values, boolean[] accepted) {
    int[] ascending =
        IntStream.range(0, values.length)
            .filter(sequences::isKept)
            .boxed()
            .sorted(Comparator.comparingDouble(t -> values[t]))
            .mapToInt(Integer::intValue)
            .toArray();
    double sum = 0.0;
    for (int i = 0; i < ascending.length; i++) {
      sum += values[ascending[i]];
      if (i > 0 && !(sum / (i + 1) < high)) {
        accepted[ascending[i]] = false;
      }
    }
  }
}
