package org.leash.loss.advantage;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/**
 * The published advantage estimators. Where libraries differ, the method names the convention.
 * Estimators for binary rewards count a reward above 0 as correct. Unless noted, the only response
 * of a group has an advantage of 0; verl (2026) takes 0 for its mean, so that it keeps its reward.
 */
public final class Advantages {
  private Advantages() {}

  private record Needing(Need need, Advantage estimator) implements Advantage {
    @Override
    public double[] ofScored(Sequences sequences, Rewards rewards) {
      return estimator.ofScored(sequences, rewards);
    }

    @Override
    public Set<Need> needs() {
      return Set.of(need);
    }
  }

  /**
   * GRPO: (R − mean) / (std + epsilon) within the group. DeepSeekMath, arXiv 2402.03300 (2024).
   *
   * @param ddof degrees of freedom subtracted from the group size in the standard deviation
   */
  public static GroupAdvantage standardised(int ddof, double epsilon) {
    return rewards ->
        Moments.scaled(
            Moments.centered(rewards), inverse(Moments.deviation(rewards, ddof) + epsilon));
  }

  /** GRPO as in verl: ddof 1, epsilon 1e-6, and R / (1 + 1e-6) for the only response of a group. */
  public static GroupAdvantage grpoVerl() {
    return rewards ->
        rewards.length == 1
            ? new double[] {rewards[0] / (1.0 + 1e-6)}
            : standardised(1, 1e-6).ofGroup(rewards);
  }

  /** GRPO as in slime: ddof 1, epsilon 1e-6. */
  public static GroupAdvantage grpo() {
    return standardised(1, 1e-6);
  }

  /** GRPO as in TRL: ddof 1, epsilon 1e-4. */
  public static GroupAdvantage grpoTrl() {
    return standardised(1, 1e-4);
  }

  /** GRPO as in open-instruct ("standard"): ddof 0, epsilon 1e-8. */
  public static GroupAdvantage grpoOpenInstruct() {
    return standardised(0, 1e-8);
  }

  /** Dr. GRPO: R − mean. arXiv 2503.20783 (2025); the default of open-instruct and prime-rl. */
  public static GroupAdvantage centered() {
    return Moments::centered;
  }

  /** Dr. GRPO as in verl, norm_adv_by_std_in_grpo=False: R for the only response of a group. */
  public static GroupAdvantage centeredVerl() {
    return rewards -> rewards.length == 1 ? rewards.clone() : Moments.centered(rewards);
  }

  /**
   * Lite PPO: (R − mean of the group) / (std of all rewards + 1e-4), ddof 1, as in TRL. arXiv
   * 2508.08221 (2025).
   */
  public static Advantage litePpo() {
    return standardisedByBatch(1e-4);
  }

  /**
   * (R − mean of the group) / (std of all rewards + epsilon), ddof 1.
   *
   * @param epsilon 1e-4 in TRL, with scale_rewards="batch"; 1e-6 in ROLL
   */
  public static Advantage standardisedByBatch(double epsilon) {
    return (sequences, rewards) ->
        scaled(
            centered().ofScored(sequences, rewards),
            inverse(Moments.deviation(rewards.outcomes(sequences), 1) + epsilon));
  }

  /**
   * RLOO: R minus the mean of the other responses of the group, G / (G − 1) (R − mean); R itself
   * for the only response of a group. Ahmadian et al., arXiv 2402.14740 (2024).
   */
  public static GroupAdvantage rloo() {
    return rewards ->
        rewards.length == 1
            ? rewards.clone()
            : Moments.scaled(Moments.centered(rewards), rewards.length / (rewards.length - 1.0));
  }

  /** RLOO as in verl's rloo_vectorized: 0 for the only response of a group. */
  public static GroupAdvantage rlooVectorized() {
    return rewards ->
        Moments.scaled(
            Moments.centered(rewards), rewards.length / Math.max(rewards.length - 1.0, 1.0));
  }

  /**
   * RLOO as in TRL with normalize_advantages: (A − mean) / (std + 1e-4) over the responses of the
   * batch, ddof 1.
   */
  public static Advantage rlooNormalised() {
    return (sequences, rewards) -> {
      double[] advantages = new double[sequences.count()];
      double[] outcomes = rewards.outcomes(sequences);
      for (int[] members : sequences.groups()) {
        double[] of =
            rloo().ofGroup(Arrays.stream(members).mapToDouble(i -> outcomes[i]).toArray());
        for (int i = 0; i < of.length; i++) {
          advantages[members[i]] = of[i];
        }
      }
      return sequences.spread(grpoTrl().ofGroup(advantages));
    };
  }

  /** REINFORCE: the return to go Σ_s γ^s r_{t+s} over the kept tokens. */
  public static Advantage returns(double gamma) {
    return (sequences, rewards) -> {
      double[] returns = rewards.perToken(sequences);
      for (int i = 0; i < sequences.count(); i++) {
        double toGo = 0.0;
        for (int t = sequences.end(i) - 1; t >= sequences.begin(i); t--) {
          if (sequences.isKept(t)) {
            toGo = returns[t] + gamma * toGo;
            returns[t] = toGo;
          }
        }
      }
      return returns;
    };
  }

  /** REINFORCE++: returns to go, whitened over the batch. arXiv 2501.03262 (2025). */
  public static Advantage reinforcePlusPlus(double gamma) {
    return (sequences, rewards) -> whitened(sequences, returns(gamma).ofScored(sequences, rewards));
  }

  /**
   * REINFORCE++-baseline: R − mean of the group, whitened over the batch; R for the only response
   * of a group, as in verl. arXiv 2501.03262 (2025).
   */
  public static Advantage reinforcePlusPlusBaseline() {
    return (sequences, rewards) -> whitened(sequences, centeredVerl().ofScored(sequences, rewards));
  }

  /** ReMax: the return to go minus the reward of the greedy response. arXiv 2310.10505 (2023). */
  public static Advantage remax() {
    return new Needing(
        Advantage.Need.GREEDY,
        (sequences, rewards) -> {
          double[] advantages = returns(1.0).ofScored(sequences, rewards);
          double[] baseline = sequences.spread(rewards.greedy(sequences));
          for (int t = 0; t < advantages.length; t++) {
            advantages[t] -= baseline[t];
          }
          return advantages;
        });
  }

  /**
   * OPO: R minus the length-weighted mean of the group, Σ len R / Σ len. arXiv 2505.23585 (2025).
   */
  public static Advantage opo() {
    return opo(false);
  }

  /** OPO as in verl: R for the only response of a group. */
  public static Advantage opoVerl() {
    return opo(true);
  }

  private static Advantage opo(boolean loneKeepsReward) {
    return (sequences, rewards) -> {
      double[] outcomes = rewards.outcomes(sequences);
      double[] advantages = new double[outcomes.length];
      for (int[] members : sequences.groups()) {
        double weighted = 0.0;
        double lengths = 0.0;
        for (int i : members) {
          weighted += sequences.length(i) * outcomes[i];
          lengths += sequences.length(i);
        }
        for (int i : members) {
          advantages[i] =
              lengths == 0.0
                  ? 0.0
                  : members.length == 1 && loneKeepsReward
                      ? outcomes[i]
                      : outcomes[i] - weighted / lengths;
        }
      }
      return sequences.spread(advantages);
    };
  }

  /**
   * GPG: α (R − mean) with α = responses / responses with a nonzero reward; α R for the only
   * response of a group, as in verl. arXiv 2504.02546 (2025).
   */
  public static Advantage gpg() {
    return (sequences, rewards) -> {
      double[] outcomes = rewards.outcomes(sequences);
      double nonZero = 0.0;
      for (double outcome : outcomes) {
        nonZero += outcome != 0.0 ? 1.0 : 0.0;
      }
      return scaled(
          centeredVerl().ofScored(sequences, rewards), outcomes.length / Math.max(nonZero, 1.0));
    };
  }

  /** MaxRL: (R − mean) / mean; 0 unless the mean is positive. arXiv 2602.02710 (2026). */
  public static GroupAdvantage maxRl() {
    return rewards -> {
      double mean = Moments.mean(rewards);
      return Moments.scaled(Moments.centered(rewards), mean > 0.0 ? 1.0 / mean : 0.0);
    };
  }

  /**
   * Pass@k training in closed form, arXiv 2508.10751 (2025). If W of N responses are wrong, ρ = 1 −
   * C(W, k) / C(N, k) and σ = √(ρ (1 − ρ)), the advantages of right and wrong responses are
   *
   * <pre>
   *   A⁺ = (1 − ρ) / σ        A⁻ = (1 − ρ − C(W − 1, k − 1) / C(N − 1, k − 1)) / σ
   * </pre>
   *
   * <p>They sum to 0, and all are 0 if σ is 0. k = 1 is GRPO with ddof 0.
   *
   * @param k in [1, N]
   */
  public static GroupAdvantage passAtK(int k) {
    return rewards -> {
      int n = rewards.length;
      if (k < 1 || k > n) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "k = %d is outside [1, %d], the responses of the group", k, n));
      }
      int wrong = 0;
      for (double reward : rewards) {
        wrong += reward > 0.0 ? 0 : 1;
      }
      double miss = missAll(n, wrong, k);
      double sigma = Math.sqrt(miss * (1.0 - miss));
      double good = miss * inverse(sigma);
      double bad = (miss - missAll(n - 1, wrong - 1, k - 1)) * inverse(sigma);
      return map(rewards, reward -> reward > 0.0 ? good : bad);
    };
  }

  /**
   * C(wrong, k) / C(n, k), the probability that k of n responses, drawn without replacement, are
   * all wrong.
   */
  private static double missAll(int n, int wrong, int k) {
    double chance = 1.0;
    for (int i = 0; i < k; i++) {
      chance *= Math.max(wrong - i, 0) / (double) (n - i);
    }
    return chance;
  }

  /**
   * Policy gradient of pass@k from only the best response: its advantage is its lead over the
   * second best, all others have 0. arXiv 2503.19595 (2025).
   *
   * @param standardise whether to divide by std + 1e-6 (ddof 1), as in verl
   */
  public static GroupAdvantage bestOfGroup(boolean standardise) {
    return rewards -> {
      double[] advantages = new double[rewards.length];
      if (rewards.length == 1) {
        return advantages;
      }
      int best = 0;
      double second = Double.NEGATIVE_INFINITY;
      for (int i = 1; i < rewards.length; i++) {
        if (rewards[i] > rewards[best]) {
          second = rewards[best];
          best = i;
        } else {
          second = Math.max(second, rewards[i]);
        }
      }
      double scale = standardise ? Moments.deviation(rewards, 1) + 1e-6 : 1.0;
      advantages[best] = (rewards[best] - second) / scale;
      return advantages;
    };
  }

  /** PSR: 1 for a correct response, 0 for a wrong one. arXiv 2506.01347 (2025). */
  public static GroupAdvantage positiveOnly() {
    return rewards -> map(rewards, reward -> reward > 0.0 ? 1.0 : 0.0);
  }

  /** NSR: 0 for a correct response, −1 for a wrong one. arXiv 2506.01347 (2025). */
  public static GroupAdvantage negativeOnly() {
    return rewards -> map(rewards, reward -> reward > 0.0 ? 0.0 : -1.0);
  }

  /**
   * W-REINFORCE: lambda for a correct response, −1 for a wrong one. arXiv 2506.01347 (2025).
   *
   * @param lambda 0.1 in the paper
   */
  public static GroupAdvantage weightedReinforce(double lambda) {
    return rewards -> map(rewards, reward -> reward > 0.0 ? lambda : -1.0);
  }

  /** {@link Gae}, which needs a critic. arXiv 1506.02438 (2015). */
  public static Advantage gae(double gamma, double lambda, boolean whiten) {
    return new Gae(gamma, lambda, whiten);
  }

  /**
   * GDPO: each reward is standardised within the group, and their weighted sum over the responses
   * of the batch (ddof 1, epsilon 1e-4), as in TRL. A reward that a response lacks (NaN) adds
   * nothing. arXiv 2601.05242 (2026).
   *
   * @param weights one per reward; none: all 1
   */
  public static Advantage gdpo(double... weights) {
    double[] kept = weights.clone();
    return new Needing(
        Advantage.Need.SEVERAL,
        (sequences, rewards) ->
            sequences.spread(
                grpoTrl().ofGroup(sumOfStandardised(grpoTrl(), kept, sequences, rewards))));
  }

  /**
   * GDPO as in verl: standardised as by {@link #grpoVerl}, and the weighted sum whitened over the
   * tokens of the batch, so that long responses count more.
   *
   * @param weights one per reward; none: all 1
   */
  public static Advantage gdpoVerl(double... weights) {
    double[] kept = weights.clone();
    return new Needing(
        Advantage.Need.SEVERAL,
        (sequences, rewards) ->
            whitened(
                sequences,
                sequences.spread(sumOfStandardised(grpoVerl(), kept, sequences, rewards))));
  }

  /** The weighted sum of rewards, each standardised within the group. */
  private static double[] sumOfStandardised(
      GroupAdvantage standardise, double[] weights, Sequences sequences, Rewards rewards) {
    double[][] several = rewards.several(sequences);
    if (weights.length > 0 && several.length != weights.length) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%d weights for %d rewards", weights.length, several.length));
    }
    double[] sums = new double[sequences.count()];
    for (int j = 0; j < several.length; j++) {
      double[] reward = several[j];
      for (int[] members : sequences.groups()) {
        int[] having = Arrays.stream(members).filter(i -> !Double.isNaN(reward[i])).toArray();
        double[] group = Arrays.stream(having).mapToDouble(i -> reward[i]).toArray();
        double[] standard = having.length == 0 ? group : standardise.ofGroup(group);
        for (int i = 0; i < having.length; i++) {
          sums[having[i]] += (weights.length == 0 ? 1 : weights[j]) * standard[i];
        }
      }
    }
    return sums;
  }

  /** (x − mean) / √(variance + 1e-8) over the kept tokens, ddof 1, as in verl. */
  static double[] whitened(Sequences sequences, double[] perToken) {
    double[] kept = sequences.compact(perToken);
    double mean = Moments.mean(kept);
    double scale = 1.0 / Math.sqrt(Moments.variance(kept, 1) + 1e-8);
    double[] white = new double[perToken.length];
    for (int t = 0; t < white.length; t++) {
      white[t] = sequences.isKept(t) ? (perToken[t] - mean) * scale : 0.0;
    }
    return white;
  }

  private static double[] scaled(double[] values, double factor) {
    return Moments.scaled(values, factor);
  }

  private static double inverse(double scale) {
    return scale == 0.0 ? 0.0 : 1.0 / scale;
  }

  private static double[] map(double[] rewards, DoubleUnaryOperator advantage) {
    double[] mapped = new double[rewards.length];
    for (int i = 0; i < mapped.length; i++) {
      mapped[i] = advantage.applyAsDouble(rewards[i]);
    }
    return mapped;
  }
}
