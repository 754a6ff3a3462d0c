package org.leash.loss.advantage;

import java.util.Set;

/**
 * Generalised advantage estimation: Σ_l (γ λ)^l δ_{t+l} with δ_t = r_t + γ V_{t+1} − V_t over the
 * kept tokens; V is 0 after the last. Schulman et al., arXiv 1506.02438 (2015), equation 16.
 *
 * @param gamma γ in [0, 1], the discount of later rewards
 * @param lambda λ in [0, 1]: 0 relies on the critic only, 1 on the observed rewards only
 * @param whiten whether to whiten over the batch, as trainers do
 */
public record Gae(double gamma, double lambda, boolean whiten) implements Advantage {
  /** Checks the ranges. */
  public Gae {
    if (!(gamma >= 0 && gamma <= 1 && lambda >= 0 && lambda <= 1)) {
      throw new IllegalArgumentException(
          "gamma = %s, lambda = %s: both must be in [0, 1]".formatted(gamma, lambda));
    }
  }

  @Override
  public double[] ofScored(Sequences sequences, Rewards rewards) {
    double[] advantages = estimates(sequences, rewards);
    return whiten ? Advantages.whitened(sequences, advantages) : advantages;
  }

  /** The λ-return: the critic's value plus the estimate, not whitened. */
  @Override
  public double[] targetsOfScored(Sequences sequences, Rewards rewards) {
    double[] targets = estimates(sequences, rewards);
    double[] values = rewards.values(sequences);
    for (int t = 0; t < targets.length; t++) {
      targets[t] += sequences.isKept(t) ? values[t] : 0.0;
    }
    return targets;
  }

  private double[] estimates(Sequences sequences, Rewards rewards) {
    double[] values = rewards.values(sequences);
    double[] estimates = rewards.perToken(sequences);
    for (int i = 0; i < sequences.count(); i++) {
      double nextValue = 0.0;
      double next = 0.0;
      for (int t = sequences.end(i) - 1; t >= sequences.begin(i); t--) {
        if (sequences.isKept(t)) {
          next = estimates[t] + gamma * nextValue - values[t] + gamma * lambda * next;
          nextValue = values[t];
          estimates[t] = next;
        }
      }
    }
    return estimates;
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.VALUES);
  }
}
