package org.leash.oracle;

import java.util.Random;
import org.leash.reference.RowReference;

/** Rows of logits with what a policy loss needs, all of them numbers that an f32 holds. */
final class PolicyRows {
  final int rows;
  final int vocab;
  final float temperature;
  final double[] logits;
  final int[] targets;
  final double[] advantage;
  final double[] oldLogprob;
  final double[] referenceLogprob;
  final double[] rolloutLogprob;
  final double[] weight;

  /** Every other row is peaked, as those of a trained policy are. */
  PolicyRows(int rows, int vocab, float temperature, long seed) {
    this.rows = rows;
    this.vocab = vocab;
    this.temperature = temperature;
    Random random = new Random(seed);
    logits = new double[rows * vocab];
    targets = new int[rows];
    advantage = new double[rows];
    oldLogprob = new double[rows];
    referenceLogprob = new double[rows];
    rolloutLogprob = new double[rows];
    weight = new double[rows];
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < vocab; j++) {
        logits[r * vocab + j] = (float) (2.0 * random.nextGaussian());
      }
      targets[r] = random.nextInt(vocab);
      if (r % 2 == 1) {
        logits[r * vocab + targets[r]] =
            (float) (Math.log(vocab) + 4.0 + 4.0 * random.nextDouble());
      }
      double logprob = RowReference.of(row(r), temperature).logprob(targets[r]);
      advantage[r] = (float) awayFromZero(random);
      oldLogprob[r] = (float) Math.min(logprob + 0.4 * random.nextGaussian(), -1e-3);
      referenceLogprob[r] = (float) (logprob + 0.8 * awayFromZero(random));
      rolloutLogprob[r] = (float) (oldLogprob[r] + 0.5 * random.nextGaussian());
      weight[r] = 0.5f + random.nextFloat();
    }
  }

  /** A gradient proportional to a small difference of logprobs is beyond f32. */
  private static double awayFromZero(Random random) {
    double x = random.nextGaussian();
    return x + Math.copySign(0.3, x);
  }

  double[] row(int r) {
    double[] row = new double[vocab];
    System.arraycopy(logits, r * vocab, row, 0, vocab);
    return row;
  }

  static float[] narrow(double[] values) {
    float[] narrow = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      narrow[i] = (float) values[i];
    }
    return narrow;
  }
}
