package org.leash.training;

import org.leash.loss.PolicyLoss;

/** Sums over the tokens of a step's updates, for its metrics. */
final class UpdateFigures {
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

  /** A token of an update. */
  void token(double entropy, double ratio, double kl, int flags) {
    tokens++;
    this.entropy += entropy;
    // k3 of the old policy against the new: r − 1 − log r, never negative.
    logRatio += ratio - 1 - Math.log(ratio);
    this.kl += kl;
    clippedLow += (flags & PolicyLoss.CLIPPED_LOW) != 0 ? 1 : 0;
    clippedHigh += (flags & PolicyLoss.CLIPPED_HIGH) != 0 ? 1 : 0;
    clippedDual += (flags & PolicyLoss.CLIPPED_DUAL) != 0 ? 1 : 0;
  }

  /** An update as a whole. */
  void update(double loss, double gradientNorm) {
    updates++;
    this.loss += loss;
    this.gradientNorm += gradientNorm;
  }

  /** An update of the critic; clipped is a share of its tokens. */
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
