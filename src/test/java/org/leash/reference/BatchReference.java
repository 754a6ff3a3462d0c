package org.leash.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.leash.loss.PolicyLoss;
import org.leash.loss.advantage.Sequences;
import org.leash.loss.objective.Adjustment;
import org.leash.loss.objective.ClipCov;
import org.leash.loss.objective.GeometricMeanRatio;
import org.leash.loss.objective.KlCov;
import org.leash.loss.objective.KlToOld;
import org.leash.loss.objective.Objective;
import org.leash.loss.objective.SequenceRatio;
import org.leash.loss.objective.SequenceRollout;
import org.leash.loss.objective.SequenceWeight;
import org.leash.loss.objective.StaleSequenceMask;
import org.leash.loss.objective.TokenColumns;
import org.leash.loss.objective.TokenGradients;
import org.leash.loss.objective.TopEntropy;

/**
 * Reference for losses that depend on several tokens, with each token's loss as a function of its
 * own log-probability. A ratio of the whole response follows GSPO-token, exp(sg(log s) + logprob −
 * sg(logprob)): if all tokens of a response have the same advantage and weight, these gradients are
 * those of the response's loss. arXiv 2507.18071.
 */
public final class BatchReference {
  private final PolicyLoss policy;
  private final TokenColumns columns;
  private final Sequences sequences;
  private final int[] kept;

  /** Log-ratios of each token, and of the surrogate. */
  private final Dual[] own;

  private final Dual[] logRatio;
  private final double[] advantage;

  /** The share of the surrogate reported by a token. */
  private final double[] share;

  private final double[] penalty;
  private boolean referenceIsOld;
  private boolean rolloutIsUsed;

  private BatchReference(Objective objective, TokenColumns columns, long seed) {
    this.policy = objective.policy();
    this.columns = columns;
    this.sequences = columns.sequences();
    int tokens = sequences.tokens();
    kept = IntStream.range(0, tokens).filter(sequences::isKept).toArray();
    own = new Dual[tokens];
    advantage = columns.advantage().clone();
    share = new double[tokens];
    penalty = new double[tokens];
    Arrays.fill(share, 1.0);
    for (int t : kept) {
      own[t] =
          PolicyReference.difference(Dual.variable(columns.logprob()[t]), columns.oldLogprob()[t]);
    }
    logRatio = own.clone();
    objective.adjustments().forEach(adjustment -> apply(adjustment, seed));
  }

  /** Losses and gradients of all tokens; ratios, divergences and flags remain 0. */
  public static TokenGradients evaluate(Objective objective, TokenColumns columns, long seed) {
    int tokens = columns.sequences().tokens();
    double[] loss = new double[tokens];
    double[] gradLogprob = new double[tokens];
    double[] gradEntropy = new double[tokens];
    BatchReference batch = new BatchReference(objective, columns, seed);
    for (int t : batch.kept) {
      Dual ofToken = batch.loss(t);
      loss[t] = ofToken.value();
      gradLogprob[t] = ofToken.slope();
      gradEntropy[t] = -columns.weight()[t] * objective.policy().entropyCoefficient();
    }
    return new TokenGradients(
        loss, new double[tokens], new double[tokens], new int[tokens], gradLogprob, gradEntropy);
  }

  private double rolloutRatio(int t) {
    return columns.rolloutLogprob() == null
        ? 1.0
        : PolicyReference.rolloutRatio(columns.oldLogprob()[t], columns.rolloutLogprob()[t]);
  }

  private Dual loss(int t) {
    double old = columns.oldLogprob()[t];
    double[] reference = referenceIsOld ? columns.oldLogprob() : columns.referenceLogprob();
    double rolloutWeight =
        rolloutIsUsed || columns.rolloutLogprob() == null
            ? 1.0
            : PolicyReference.rolloutWeight(policy, rolloutRatio(t));
    Dual drift = own[t].value() < 0.0 ? own[t].times(-1.0) : own[t];
    return new PolicyReference(
            policy, Dual.variable(columns.logprob()[t]), old, advantage[t], logRatio[t])
        .loss(
            columns.entropy()[t],
            reference == null ? 0.0 : reference[t],
            rolloutWeight * share[t],
            columns.weight()[t])
        .plus(drift.times(penalty[t] * columns.weight()[t]));
  }

  private void apply(Adjustment adjustment, long seed) {
    switch (adjustment) {
      case KlToOld() -> referenceIsOld = true;
      case TopEntropy(double fraction) -> dropLowEntropy(fraction);
      case ClipCov(double fraction, double low, double high) ->
          dropDrawn(fraction, low, high, new SplittableRandom(seed));
      case KlCov(double fraction, double coefficient) -> {
        double[] covariance = covariances();
        Arrays.stream(kept)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer t) -> covariance[t]).reversed())
            .limit(atLeastOne(fraction))
            .forEach(t -> penalty[t] = coefficient);
      }
      default ->
          IntStream.range(0, sequences.count())
              .mapToObj(
                  i ->
                      Arrays.stream(kept)
                          .filter(t -> t >= sequences.begin(i) && t < sequences.end(i))
                          .toArray())
              .filter(response -> response.length > 0)
              .forEach(response -> applyToResponse(adjustment, response));
    }
  }

  private void applyToResponse(Adjustment adjustment, int[] response) {
    int n = response.length;
    switch (adjustment) {
      // GSPO: s = (Π ratio)^(1/n). RLOO: Π ratio; each token reports 1/n of the value and has the
      // full gradient.
      case SequenceRatio(SequenceRatio.Of of) -> {
        boolean isMean = of == SequenceRatio.Of.MEAN;
        double sum = sum(response, own);
        for (int t : response) {
          logRatio[t] =
              isMean ? new Dual(sum / n, own[t].slope()) : new Dual(sum, n * own[t].slope());
          share[t] = isMean ? 1.0 : 1.0 / n;
        }
      }
      // GMPO: (Π clip(ratio))^(1/n), clipped in the direction of the advantage.
      case GeometricMeanRatio(double low, double high) -> {
        Dual[] clipped = own.clone();
        for (int t : response) {
          clipped[t] =
              advantage[t] > 0.0
                  ? own[t].min(Dual.constant(high))
                  : advantage[t] < 0.0 ? own[t].max(Dual.constant(-low)) : own[t];
        }
        double mean = Arrays.stream(response).mapToDouble(t -> advantage[t]).sum() / n;
        double log = sum(response, clipped) / n;
        for (int t : response) {
          logRatio[t] = new Dual(log, clipped[t].slope());
          advantage[t] = mean;
        }
      }
      // VESPO: φ(W) = W^k exp(λ (1 − W)).
      case SequenceWeight(
              double powerPositive,
              double decayPositive,
              double powerNegative,
              double decayNegative) -> {
        rolloutIsUsed = true;
        double ratio = product(response, t -> Math.exp(own[t].value()) * rolloutRatio(t));
        double w = Math.clamp(ratio, Math.exp(-20.0), Math.exp(20.0));
        for (int t : response) {
          boolean isGood = advantage[t] > 0.0;
          advantage[t] *=
              Math.pow(w, isGood ? powerPositive : powerNegative)
                  * Math.exp((isGood ? decayPositive : decayNegative) * (1.0 - w));
        }
      }
      case StaleSequenceMask(double delta) -> {
        if (-sum(response, own) / n > delta) {
          zero(Arrays.stream(response).filter(t -> advantage[t] < 0.0));
        }
      }
      case SequenceRollout(
              SequenceRatio.Of of,
              SequenceRollout.Outside outside,
              double floor,
              double cap) -> {
        if (columns.rolloutLogprob() == null) {
          return;
        }
        rolloutIsUsed = true;
        double product = product(response, this::rolloutRatio);
        double w = of == SequenceRatio.Of.MEAN ? Math.pow(product, 1.0 / n) : product;
        boolean isInside = floor <= w && w <= cap;
        double factor =
            switch (outside) {
              case TRUNCATED -> Math.max(floor, Math.min(w, cap));
              case MASKED -> isInside ? w : 0.0;
              case REJECTED -> isInside ? 1.0 : 0.0;
            };
        for (int t : response) {
          advantage[t] *= factor;
        }
      }
      default -> throw new AssertionError(adjustment);
    }
  }

  private static double sum(int[] tokens, Dual[] values) {
    return Arrays.stream(tokens).mapToDouble(t -> values[t].value()).sum();
  }

  private static double product(int[] tokens, IntToDoubleFunction factor) {
    return Arrays.stream(tokens).mapToDouble(factor).reduce(1.0, (a, b) -> a * b);
  }

  private void zero(IntStream tokens) {
    tokens.forEach(t -> advantage[t] = 0.0);
  }

  private void dropLowEntropy(double fraction) {
    double[] sorted = Arrays.stream(kept).mapToDouble(t -> columns.entropy()[t]).sorted().toArray();
    double place = (1.0 - fraction) * (sorted.length - 1);
    int below = (int) Math.floor(place);
    double low = sorted[below];
    double high = sorted[Math.min(below + 1, sorted.length - 1)];
    double threshold = low + (place - below) * (high - low);
    zero(Arrays.stream(kept).filter(t -> columns.entropy()[t] < threshold));
  }

  private void dropDrawn(double fraction, double low, double high, SplittableRandom random) {
    double[] covariance = covariances();
    List<Integer> candidates = new ArrayList<>();
    for (int t : kept) {
      double ratio = Math.exp(own[t].value());
      boolean isClipped =
          (advantage[t] > 0.0 && ratio > 1.0 + policy.clipHigh())
              || (advantage[t] < 0.0 && ratio < 1.0 - policy.clipLow());
      if (low < covariance[t] && covariance[t] < high && !isClipped) {
        candidates.add(t);
      }
    }
    int drawn = Math.min(atLeastOne(fraction), candidates.size());
    for (int i = 0; i < drawn; i++) {
      Collections.swap(candidates, i, i + random.nextInt(candidates.size() - i));
      advantage[candidates.get(i)] = 0.0;
    }
  }

  private int atLeastOne(double fraction) {
    return Math.max(1, (int) (fraction * kept.length));
  }

  /** (A − mean A) (logprob − mean logprob). */
  private double[] covariances() {
    double meanAdvantage = Arrays.stream(kept).mapToDouble(t -> advantage[t]).average().orElse(0);
    double meanLogprob =
        Arrays.stream(kept).mapToDouble(t -> columns.logprob()[t]).average().orElse(0);
    double[] covariances = new double[advantage.length];
    for (int t : kept) {
      covariances[t] = (advantage[t] - meanAdvantage) * (columns.logprob()[t] - meanLogprob);
    }
    return covariances;
  }
}
