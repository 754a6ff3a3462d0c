package org.leash.training.algorithm;

import java.util.EnumMap;
import java.util.Map;
import org.leash.loss.PolicyLoss;
import org.leash.loss.advantage.Sequences;
import org.leash.loss.objective.TokenColumns;
import org.leash.training.policy.TokenOutcomes;

/** Means over the updates of a step and their tokens, for its metrics. Not thread-safe. */
public final class UpdateFigures {
  /** A figure of every update, of every token that took part in one, or of the critic's updates. */
  enum Figure {
    LOSS,
    GRADIENT_NORM,
    ENTROPY,
    KL_OLD,
    KL_OLD_K1,
    KL_REFERENCE,
    CLIPPED_LOW,
    CLIPPED_HIGH,
    CLIPPED_DUAL,
    CAPPED_GOOD,
    CRITIC_LOSS,
    CRITIC_CLIPPED,
    CRITIC_GRADIENT_NORM
  }

  private static final class Sum {
    double total;
    int count;
  }

  private final Map<Figure, Sum> sums = new EnumMap<>(Figure.class);

  /** Adds a value of a figure. */
  void add(Figure figure, double value) {
    Sum sum = sum(figure);
    sum.total += value;
    sum.count++;
  }

  private Sum sum(Figure figure) {
    return sums.computeIfAbsent(figure, key -> new Sum());
  }

  /**
   * Adds the tokens that took part in an update.
   *
   * @return the sum of their losses
   */
  double add(TokenOutcomes outcomes, TokenColumns columns) {
    Sequences sequences = columns.sequences();
    double sum = 0;
    for (int token = 0; token < sequences.tokens(); token++) {
      if (sequences.isKept(token)) {
        sum += outcomes.loss()[token];
        add(Figure.ENTROPY, outcomes.entropy()[token]);
        // k3 of the old policy against the new: r − 1 − log r, never negative.
        double ratio = outcomes.ratio()[token];
        add(Figure.KL_OLD, ratio - 1 - Math.log(ratio));
        add(Figure.KL_OLD_K1, -Math.log(ratio));
        add(Figure.KL_REFERENCE, outcomes.kl()[token]);
        int flags = outcomes.clipFlags()[token];
        add(Figure.CLIPPED_LOW, (flags & PolicyLoss.CLIPPED_LOW) != 0 ? 1 : 0);
        add(Figure.CLIPPED_HIGH, (flags & PolicyLoss.CLIPPED_HIGH) != 0 ? 1 : 0);
        add(Figure.CLIPPED_DUAL, (flags & PolicyLoss.CLIPPED_DUAL) != 0 ? 1 : 0);
        boolean isGood = columns.advantage()[token] > 0;
        add(Figure.CAPPED_GOOD, isGood && (flags & PolicyLoss.CLIPPED_HIGH) != 0 ? 1 : 0);
      }
    }
    return sum;
  }

  /** The mean of a figure, or of the sum of some that have as many values; NaN without values. */
  double mean(Figure first, Figure... others) {
    double total = sum(first).total;
    for (Figure other : others) {
      total += sum(other).total;
    }
    return total / sum(first).count;
  }
}
