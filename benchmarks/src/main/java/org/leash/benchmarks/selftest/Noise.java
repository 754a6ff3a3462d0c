package org.leash.benchmarks.selftest;

import java.util.random.RandomGenerator;

/**
 * A model of the error of a block's time. A fork shifts all its contenders together and each
 * individually; the machine drifts during the run; each block has noise, and some are disturbed.
 *
 * @param forkShared standard deviation of a fork's common shift, as a log-ratio
 * @param forkOwn standard deviation of a fork's shift of one contender
 * @param drift from the first to the last round of the run
 * @param block standard deviation of a block
 * @param outliers share of disturbed blocks
 * @param disturbance mean of a disturbance, exponentially distributed
 */
public record Noise(
    double forkShared,
    double forkOwn,
    double drift,
    double block,
    double outliers,
    double disturbance) {
  /** The noise that the comparison was designed for. */
  public static final Noise DESIGN = new Noise(0.008, 0.004, 0.015, 0.004, 0.03, 0.05);

  /** Four times as much noise, as on a busy machine. */
  static final Noise LOUD = new Noise(0.032, 0.016, 0.06, 0.016, 0.12, 0.2);

  double drawShared(RandomGenerator random) {
    return forkShared * random.nextGaussian();
  }

  double drawOwn(RandomGenerator random) {
    return forkOwn * random.nextGaussian();
  }

  double drawBlock(RandomGenerator random) {
    double disturbed =
        random.nextDouble() < outliers ? -disturbance * Math.log1p(-random.nextDouble()) : 0;
    return block * random.nextGaussian() + disturbed;
  }
}
