package org.leash.conformance;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.leash.device.DType;

/** Distributions of logits that expose errors of kernels. */
enum Distribution {
  NORMAL {
    @Override
    void fill(float[] x, RandomGenerator random) {
      gaussians(x, random, 1.0, 0.0);
    }
  },
  WIDE_WITH_OUTLIERS {
    @Override
    void fill(float[] x, RandomGenerator random) {
      gaussians(x, random, 20.0, 0.0);
      for (int i = 0; i < x.length; i += 97) {
        x[random.nextInt(x.length)] *= 3.0f;
      }
    }
  },
  /** The maximum falls and rises from one block to the next. */
  BLOCKS_OF_20 {
    @Override
    void fill(float[] x, RandomGenerator random) {
      gaussians(x, random, 1.0, 0.0);
      for (int i = 0; i < x.length; i++) {
        x[i] += (i / 1024) % 2 == 0 ? 20.0f : -20.0f;
      }
    }
  },
  /** Each block is above the previous one. */
  RISING {
    @Override
    void fill(float[] x, RandomGenerator random) {
      gaussians(x, random, 0.5, 0.0);
      for (int i = 0; i < x.length; i++) {
        x[i] += 40.0f * i / x.length;
      }
    }
  },
  SHIFTED_BY_100 {
    @Override
    void fill(float[] x, RandomGenerator random) {
      gaussians(x, random, 1.0, 100.0);
    }
  },
  /** A common offset at which z − lse would lose log s entirely. */
  SHIFTED_BY_2_TO_24 {
    @Override
    void fill(float[] x, RandomGenerator random) {
      gaussians(x, random, 4.0, 0x1p24);
    }

    @Override
    boolean fits(DType dtype) {
      return dtype != DType.F16;
    }
  },
  VERY_NEGATIVE {
    @Override
    void fill(float[] x, RandomGenerator random) {
      gaussians(x, random, 1.0, -1e4);
    }
  },
  /** One token, and equal others with as much mass together: all roundings of a sum alike. */
  LEVEL {
    @Override
    void fill(float[] x, RandomGenerator random) {
      Arrays.fill(x, (float) (-Math.log(x.length) - random.nextDouble()));
      x[random.nextInt(x.length)] = 0.0f;
    }
  },
  ONE_HOT {
    @Override
    void fill(float[] x, RandomGenerator random) {
      x[random.nextInt(x.length)] = 1e4f;
    }
  },
  UNIFORM {
    @Override
    void fill(float[] x, RandomGenerator random) {
      Arrays.fill(x, 0.375f);
    }
  },
  /** A few tokens share the mass, as in a policy that reasons: about 0.4 nats. */
  FEW_TOP {
    @Override
    void fill(float[] x, RandomGenerator random) {
      gaussians(x, random, 1.0, 0.0);
      float top = (float) Math.log(x.length) + 8.0f;
      for (int i = 0; i < 4; i++) {
        x[random.nextInt(x.length)] = top - 1.5f * i;
      }
    }
  },
  /** One token has all but 1e-2 to 1e-6 of the mass. */
  PEAKED {
    @Override
    void fill(float[] x, RandomGenerator random) {
      gaussians(x, random, 0.25, 0.0);
      double odds = 2.0 + 4.0 * random.nextDouble();
      x[random.nextInt(x.length)] = (float) (Math.log(x.length) + odds * Math.log(10.0));
    }
  },
  LEADING_TILE_MASKED {
    @Override
    void fill(float[] x, RandomGenerator random) {
      gaussians(x, random, 2.0, 0.0);
      Arrays.fill(x, 0, Math.min(x.length - 1, 5000), Float.NEGATIVE_INFINITY);
    }
  },
  HALF_MASKED {
    @Override
    void fill(float[] x, RandomGenerator random) {
      gaussians(x, random, 2.0, 0.0);
      for (int i = 1; i < x.length; i++) {
        if (random.nextBoolean()) {
          x[i] = Float.NEGATIVE_INFINITY;
        }
      }
    }
  },
  ALL_BUT_ONE_MASKED {
    @Override
    void fill(float[] x, RandomGenerator random) {
      Arrays.fill(x, Float.NEGATIVE_INFINITY);
      x[random.nextInt(x.length)] = 3.0f;
    }
  },
  ALL_MASKED {
    @Override
    void fill(float[] x, RandomGenerator random) {
      Arrays.fill(x, Float.NEGATIVE_INFINITY);
    }
  },
  ONE_NAN {
    @Override
    void fill(float[] x, RandomGenerator random) {
      gaussians(x, random, 1.0, 0.0);
      x[random.nextInt(x.length)] = Float.NaN;
    }
  },
  /** A block of −∞ with a hidden NaN. */
  NAN_AMONG_MASKED {
    @Override
    void fill(float[] x, RandomGenerator random) {
      LEADING_TILE_MASKED.fill(x, random);
      x[random.nextInt(Math.min(x.length, 5000))] = Float.NaN;
    }
  },
  ONE_INFINITE {
    @Override
    void fill(float[] x, RandomGenerator random) {
      gaussians(x, random, 1.0, 0.0);
      x[random.nextInt(x.length)] = Float.POSITIVE_INFINITY;
    }
  };

  static final List<Distribution> ALL = List.of(values());

  /** Probabilities from 0 to nearly 1. */
  static final List<Distribution> OF_LOSSES = List.of(NORMAL, FEW_TOP, PEAKED, HALF_MASKED);

  /** Fills in a row, initially all 0. */
  abstract void fill(float[] x, RandomGenerator random);

  /** Whether the logits are finite in this type. */
  boolean fits(DType dtype) {
    return true;
  }

  private static void gaussians(float[] x, RandomGenerator random, double deviation, double mean) {
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian(mean, deviation);
    }
  }
}
