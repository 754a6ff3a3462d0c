package org.leash.training.algorithm;

import org.leash.loss.PolicyLoss;
import org.leash.loss.advantage.Sequences;
import org.leash.training.policy.TokenOutcomes;

/** Sums over the updates of a step and their tokens, for its metrics. Not thread-safe. */
public final class UpdateFigures {
  private double tokens;
  private double loss;
  private double updates;
  private double entropy;
  private double logRatio;
  private double kl;
  private double clippedLow;
  private double clippedHigh;
  private double clippedDual;
  private double gradientNorm;
  private double criticUpdates;
  private double criticLoss;
  private double criticClipped;
  private double criticGradientNorm;

  /**
   * Adds the tokens that took part in an update.
   *
   * @return the sum of their losses
   */
  double add(TokenOutcomes outcomes, Sequences sequences) {
    double sum = 0;
    for (int token = 0; token < sequences.tokens(); token++) {
      if (sequences.isKept(token)) {
        sum += outcomes.loss()[token];
        tokens++;
        entropy += outcomes.entropy()[token];
        // k3 of the old policy against the new: r − 1 − log r, never negative.
        double ratio = outcomes.ratio()[token];
        logRatio += ratio - 1 - Math.log(ratio);
        kl += outcomes.kl()[token];
        int flags = outcomes.clipFlags()[token];
        clippedLow += (flags & PolicyLoss.CLIPPED_LOW) != 0 ? 1 : 0;
        clippedHigh += (flags & PolicyLoss.CLIPPED_HIGH) != 0 ? 1 : 0;
        clippedDual += (flags & PolicyLoss.CLIPPED_DUAL) != 0 ? 1 : 0;
      }
    }
    return sum;
  }

  /** Adds an update as a whole. */
  void update(double loss, double gradientNorm) {
    updates++;
    this.loss += loss;
    this.gradientNorm += gradientNorm;
  }

  /**
   * Adds an update of the critic.
   *
   * @param clipped share of its tokens
   */
  void critic(double loss, double clipped, double gradientNorm) {
    criticUpdates++;
    criticLoss += loss;
    criticClipped += clipped;
    criticGradientNorm += gradientNorm;
  }

  double loss() {
    return loss / updates;
  }

  double gradientNorm() {
    return gradientNorm / updates;
  }

  double entropy() {
    return entropy / tokens;
  }

  double klOld() {
    return logRatio / tokens;
  }

  double klReference() {
    return kl / tokens;
  }

  double clippedLow() {
    return clippedLow / tokens;
  }

  double clippedHigh() {
    return clippedHigh / tokens;
  }

  double clippedDual() {
    return clippedDual / tokens;
  }

  double clipped() {
    return (clippedLow + clippedHigh + clippedDual) / tokens;
  }

  double criticLoss() {
    return criticLoss / criticUpdates;
  }

  double criticClipped() {
    return criticClipped / criticUpdates;
  }

  double criticGradientNorm() {
    return criticGradientNorm / criticUpdates;
  }
}
