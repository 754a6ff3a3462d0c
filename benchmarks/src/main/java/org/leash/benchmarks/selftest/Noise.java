package org.leash.benchmarks.selftest;

import java.util.random.RandomGenerator;

/**
 * How far a timed block strays from the true time. A fork shifts all its contenders alike and each
 * by a little of its own; the machine drifts through the run; each block has noise, and now and
 * then something else runs.
 *
 * @param forkShared standard deviation of what a fork does to all, on the logarithm
 * @param forkOwn standard deviation of what a fork does to one contender
 * @param drift from the first round of the run to its last
 * @param block standard deviation of a block
 * @param outliers share of blocks that are disturbed
 * @param disturbance mean of what a disturbance adds, exponentially distributed
 */
public record Noise(
    double forkShared,
    double forkOwn,
    double drift,
    double block,
    double outliers,
    double disturbance) {
  /** What the comparison was designed for. */
  public static final Noise DESIGN = new Noise(0.008, 0.004, 0.015, 0.004, 0.03, 0.05);

  /** The same machine with much else to do: everything strays four times as far. */
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
