package org.leash.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
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
import org.leash.loss.objective.SequenceWeight;
import org.leash.loss.objective.StaleSequenceMask;
import org.leash.loss.objective.TokenColumns;
import org.leash.loss.objective.TokenGradients;
import org.leash.loss.objective.TokenMeanEntropy;
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

  /** Log-ratios of each token, clamped and not, and of the surrogate. */
  private final Dual[] own;

  private final Dual[] whole;

  private final Dual[] logRatio;
  private final double[] advantage;

  /** The share of the surrogate reported by a token. */
  private final double[] share;

  private final double[] penalty;
  private final double[] rolloutWeight;

  /** Tokens whose entropy counts, and the number that their sum is divided by; empty: weights. */
  private int[] entropic;

  private OptionalInt entropyDivisor = OptionalInt.empty();
  private boolean referenceIsOld;

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
    rolloutWeight = new double[tokens];
    whole = new Dual[tokens];
    entropic = kept;
    Arrays.fill(share, 1.0);
    for (int t : kept) {
      double logprob = columns.logprob()[t];
      double old = columns.oldLogprob()[t];
      own[t] = PolicyReference.difference(Dual.variable(logprob), old);
      whole[t] = Dual.variable(logprob == old ? 0.0 : logprob - old);
      rolloutWeight[t] =
          columns.rolloutWeight() != null
              ? columns.rolloutWeight()[t]
              : columns.rolloutLogprob() == null
                  ? 1.0
                  : PolicyReference.rolloutWeight(
                      policy, PolicyReference.rolloutRatio(old, columns.rolloutLogprob()[t]));
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
      gradEntropy[t] = batch.gradEntropy(t);
    }
    return new TokenGradients(
        loss, new double[tokens], new double[tokens], new int[tokens], gradLogprob, gradEntropy);
  }

  private double gradEntropy(int t) {
    double coefficient = policy.entropyCoefficient();
    if (entropyDivisor.isEmpty()) {
      return -columns.weight()[t] * coefficient;
    }
    return isEntropic(t) ? -coefficient / entropyDivisor.getAsInt() : 0.0;
  }

  private boolean isEntropic(int t) {
    return Arrays.stream(entropic).anyMatch(other -> other == t);
  }

  private Dual loss(int t) {
    double old = columns.oldLogprob()[t];
    double[] reference = referenceIsOld ? columns.oldLogprob() : columns.referenceLogprob();
    Dual drift = own[t].value() < 0.0 ? own[t].times(-1.0) : own[t];
    double entropy = columns.entropy()[t];
    return new PolicyReference(
            policy.withEntropy(0.0),
            Dual.variable(columns.logprob()[t]),
            old,
            advantage[t],
            logRatio[t])
        .loss(
            entropy,
            reference == null ? 0.0 : reference[t],
            rolloutWeight[t] * share[t],
            columns.weight()[t])
        .plus(drift.times(penalty[t] * rolloutWeight[t] * columns.weight()[t]))
        .plus(Dual.constant(gradEntropy(t) * entropy));
  }

  private void apply(Adjustment adjustment, long seed) {
    switch (adjustment) {
      case KlToOld() -> referenceIsOld = true;
      case TopEntropy(double fraction) -> dropLowEntropy((float) (1.0 - fraction));
      case TokenMeanEntropy(TokenMeanEntropy.Over over) ->
          entropyDivisor =
              OptionalInt.of(over == TokenMeanEntropy.Over.ALL ? kept.length : entropic.length);
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
        double sum = sum(response, whole);
        for (int t : response) {
          logRatio[t] = (isMean ? new Dual(sum / n, 1.0) : new Dual(sum, n)).clip(-20.0, 20.0);
          share[t] = isMean ? 1.0 : 1.0 / n;
        }
      }
      // GMPO: (Π clip(ratio))^(1/n), clipped in the direction of the advantage.
      case GeometricMeanRatio(double low, double high) -> {
        Dual[] clipped = whole.clone();
        for (int t : response) {
          double ofToken = columns.advantage()[t];
          clipped[t] =
              ofToken > 0.0
                  ? whole[t].min(Dual.constant(high))
                  : ofToken < 0.0 ? whole[t].max(Dual.constant(-low)) : whole[t];
        }
        int[] counted = Arrays.stream(response).filter(this::isEntropic).toArray();
        int m = counted.length;
        double log = m == 0 ? 0.0 : sum(counted, clipped) / m;
        double mean =
            Arrays.stream(m == 0 ? response : counted)
                .mapToDouble(t -> m == 0 ? columns.advantage()[t] : advantage[t])
                .average()
                .orElseThrow();
        double rollout = Math.pow(product(response, t -> rolloutWeight[t]), 1.0 / n);
        for (int t : response) {
          double slope = m == 0 ? 0.0 : clipped[t].slope();
          logRatio[t] = new Dual(log, slope).clip(-20.0, 20.0);
          advantage[t] = m == 0 ? mean : isEntropic(t) ? mean * n / m : 0.0;
          rolloutWeight[t] = rollout;
        }
      }
      // VESPO: φ(W) = W^k exp(λ (1 − W)).
      case SequenceWeight(
              double powerPositive,
              double decayPositive,
              double powerNegative,
              double decayNegative) -> {
        double ratio =
            product(response, t -> Math.exp(own[t].value()) * Math.max(rolloutWeight[t], 1e-8));
        double w = Math.clamp(ratio, 1e-8, Math.exp(20.0));
        for (int t : response) {
          rolloutWeight[t] = 1.0;
          boolean isGood = advantage[t] > 0.0;
          advantage[t] *=
              Math.pow(w, isGood ? powerPositive : powerNegative)
                  * Math.exp((isGood ? decayPositive : decayNegative) * (1.0 - w));
        }
      }
      case StaleSequenceMask(double delta, StaleSequenceMask.Since since) -> {
        boolean isSampler =
            since == StaleSequenceMask.Since.SAMPLER && columns.rolloutLogprob() != null;
        double[] before = isSampler ? columns.rolloutLogprob() : columns.oldLogprob();
        double lost =
            Arrays.stream(response).mapToDouble(t -> before[t] - columns.logprob()[t]).sum();
        if (lost / n > delta) {
          zero(Arrays.stream(response).filter(t -> advantage[t] < 0.0));
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

  /** With the quantile in single precision, as torch.quantile takes it. */
  private void dropLowEntropy(float q) {
    float[] sorted = new float[kept.length];
    double[] entropies =
        Arrays.stream(kept).mapToDouble(t -> columns.entropy()[t]).sorted().toArray();
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = (float) entropies[i];
    }
    float place = q * (sorted.length - 1);
    int below = (int) Math.floor(place);
    float low = sorted[below];
    float high = sorted[Math.min(below + 1, sorted.length - 1)];
    float share = place - below;
    float threshold = share < 0.5f ? low + share * (high - low) : high - (high - low) * (1 - share);
    entropic = Arrays.stream(kept).filter(t -> (float) columns.entropy()[t] >= threshold).toArray();
    zero(Arrays.stream(kept).filter(t -> (float) columns.entropy()[t] < threshold));
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
