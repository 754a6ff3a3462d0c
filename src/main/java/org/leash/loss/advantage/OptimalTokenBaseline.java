package org.leash.loss.advantage;

import java.util.Arrays;
import java.util.Set;

/**
 * The return to go minus a baseline of its own for every position of the responses of a group, as
 * in verl (2026): the mean of the returns, weighted by how much a response's tokens until then move
 * the logits.
 *
 * <pre>
 *   A_it = G_it − B_t        B_t = Σ_i G_it W_it / (Σ_i W_it + 1e-8)        W_it = Σ_{s ≤ t} w_is
 * </pre>
 *
 * <p>w is {@link Rewards#withScoreNorms}, and the sums are over the responses that have a kept
 * token at position t. The only response of a group keeps its return.
 *
 * @param byKeptTokens whether positions count kept tokens alone, so that tool output does not shift
 *     what follows (tir_optimal_token_baseline); else all tokens
 * @param zeroTail whether B_t is 0 beyond the second longest response of the group for the longest,
 *     which would otherwise be its own baseline
 */
public record OptimalTokenBaseline(boolean byKeptTokens, boolean zeroTail) implements Advantage {
  private static final double EPSILON = 1e-8;

  @Override
  public double[] ofScored(Sequences sequences, Rewards rewards) {
    double[] advantages = Advantages.returns(1.0).ofScored(sequences, rewards);
    double[] weights = cumulative(sequences, rewards.scoreNorms(sequences));
    for (int[] group : sequences.groups()) {
      int[] members =
          byKeptTokens
              ? Arrays.stream(group).filter(i -> sequences.length(i) > 0).toArray()
              : group;
      if (members.length > 1) {
        subtractBaselines(sequences, members, weights, advantages);
      }
    }
    return advantages;
  }

  /** Sums over the kept tokens of a response until each token. */
  private static double[] cumulative(Sequences sequences, double[] norms) {
    double[] sums = new double[norms.length];
    for (int i = 0; i < sequences.count(); i++) {
      double sum = 0.0;
      for (int t = sequences.begin(i); t < sequences.end(i); t++) {
        sum += sequences.isKept(t) ? norms[t] : 0.0;
        sums[t] = sum;
      }
    }
    return sums;
  }

  private void subtractBaselines(
      Sequences sequences, int[] members, double[] weights, double[] returns) {
    int longest =
        Arrays.stream(members).map(i -> sequences.end(i) - sequences.begin(i)).max().orElseThrow();
    double[] weighted = new double[longest];
    double[] total = new double[longest];
    for (int i : members) {
      forEachKept(
          sequences,
          i,
          (token, position) -> {
            weighted[position] += returns[token] * weights[token];
            total[position] += weights[token];
          });
    }
    int[] lengths = Arrays.stream(members).map(sequences::length).sorted().toArray();
    int second = lengths[lengths.length - 2];
    for (int i : members) {
      boolean hasTail = zeroTail && sequences.length(i) > second;
      forEachKept(
          sequences,
          i,
          (token, position) -> {
            if (!hasTail || position < second) {
              returns[token] -= weighted[position] / (total[position] + EPSILON);
            }
          });
    }
  }

  private interface Visitor {
    void accept(int token, int position);
  }

  private void forEachKept(Sequences sequences, int sequence, Visitor visitor) {
    int keptBefore = 0;
    for (int t = sequences.begin(sequence); t < sequences.end(sequence); t++) {
      if (sequences.isKept(t)) {
        visitor.accept(t, byKeptTokens ? keptBefore : t - sequences.begin(sequence));
        keptBefore++;
      }
    }
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.SCORE_NORMS);
  }
}
