package org.leash.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.leash.device.Matrix;
import org.leash.kernel.rows.RowLoops;
import org.leash.kernel.rows.RowSums;

/**
 * The loops with the Vector API, in f32 by blocks. Traffic: the sums read a row once; an output
 * matrix reads it once more, from the cache if the row is short, and writes it.
 *
 * <p>Each block is summed relative to its own maximum r, so that no term is rescaled; blocks are
 * combined in f64. In units of log2, with c = log2(e) / T: y_j = max((x_j − r) c, −127), one exp2
 * per element. The block with the row's largest logit is kept apart from the others and finally
 * summed again without that logit, as {@link RowSums} requires.
 *
 * <p>No method passes vectors to another: calls of the Vector API are always inlined, while the
 * compiler may not inline a function of vectors that it first saw with short rows, which makes each
 * vector an object.
 *
 * <p>Needs the module jdk.incubator.vector; only {@link VectorProvider} may refer to this class,
 * after finding the module. Very slow on processors without a fused multiply-add.
 */
final class VectorLoops implements RowLoops {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final double LOG2_E = 1.4426950408889634;
  private static final double LN_2 = 0.6931471805599453;

  private final Block block = new Block(4 * LANES);
  private final float[] powers = new float[Block.LENGTH];
  private final float[] lanes = new float[LANES];

  // Sums of the last block, in units of log2 and relative to its reference.
  private double blockSum;
  private double blockWeighted;
  private double blockSquares;

  @Override
  public void sums(Matrix logits, long row, double temperature, RowSums sums) {
    double scale = LOG2_E / temperature;
    // The block with the largest logit so far, and all other blocks relative to that logit.
    float max = Float.NEGATIVE_INFINITY;
    long maxColumn = 0;
    double maxSum = 0.0;
    double maxWeighted = 0.0;
    double maxSquares = 0.0;
    double rest = 0.0;
    double weighted = 0.0;
    double squares = 0.0;
    boolean takesSquares = sums.takesSquares();
    for (long column = 0; column < logits.vocab(); column += Block.LENGTH) {
      block.load(logits, row, column);
      float reference = blockMax();
      if (reference == Float.NEGATIVE_INFINITY) {
        // Only -infinity, which adds 0, or NaN, which propagates with any reference.
        sumBlock(0.0f, scale, false);
        rest += blockSum;
      } else if (reference > max) {
        sumBlock(reference, scale, takesSquares);
        double shift = ((double) max - reference) * scale;
        weighted = shiftedWeighted(weighted + maxWeighted, rest + maxSum, shift);
        rest = shiftedSum(rest + maxSum, shift);
        squares = shiftedSum(squares + maxSquares, 2.0 * shift);
        max = reference;
        maxColumn = column;
        maxSum = blockSum;
        maxWeighted = blockWeighted;
        maxSquares = blockSquares;
      } else {
        sumBlock(reference, scale, takesSquares);
        double shift = ((double) reference - max) * scale;
        weighted += shiftedWeighted(blockWeighted, blockSum, shift);
        rest += shiftedSum(blockSum, shift);
        squares += shiftedSum(blockSquares, 2.0 * shift);
      }
    }
    if (Float.isFinite(max)) {
      block.load(logits, row, maxColumn);
      block.drop(max);
      sumBlock(max, scale, takesSquares);
      rest += blockSum;
      weighted += blockWeighted;
      squares += blockSquares;
    }
    sums.finish(max, temperature, rest, weighted * LN_2, squares);
  }

  /** Σ 2^y after y += shift. */
  private static double shiftedSum(double sum, double shift) {
    return sum * Math.exp(shift * LN_2);
  }

  /** Σ 2^y y after y += shift. */
  private static double shiftedWeighted(double weighted, double sum, double shift) {
    double factor = Math.exp(shift * LN_2);
    return factor == 0.0 ? 0.0 : factor * (weighted + shift * sum);
  }

  /** The largest value of the block, ignoring NaN. A blend is two instructions, max() several. */
  private float blockMax() {
    float[] values = block.values;
    FloatVector m0 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector m1 = m0;
    FloatVector m2 = m0;
    FloatVector m3 = m0;
    for (int i = 0; i < block.padded(); i += 4 * LANES) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, values, i);
      FloatVector x1 = FloatVector.fromArray(SPECIES, values, i + LANES);
      FloatVector x2 = FloatVector.fromArray(SPECIES, values, i + 2 * LANES);
      FloatVector x3 = FloatVector.fromArray(SPECIES, values, i + 3 * LANES);
      m0 = m0.blend(x0, x0.compare(VectorOperators.GT, m0));
      m1 = m1.blend(x1, x1.compare(VectorOperators.GT, m1));
      m2 = m2.blend(x2, x2.compare(VectorOperators.GT, m2));
      m3 = m3.blend(x3, x3.compare(VectorOperators.GT, m3));
    }
    m0 = m0.blend(m1, m1.compare(VectorOperators.GT, m0));
    m2 = m2.blend(m3, m3.compare(VectorOperators.GT, m2));
    m0.blend(m2, m2.compare(VectorOperators.GT, m0)).intoArray(lanes, 0);
    float max = lanes[0];
    for (float lane : lanes) {
      max = Math.max(max, lane);
    }
    return max;
  }

  private void sumBlock(float reference, double scale, boolean takesSquares) {
    float[] values = block.values;
    Exp2.of(values, powers, block.padded(), reference, (float) scale);
    FloatVector s = FloatVector.zero(SPECIES);
    FloatVector w = FloatVector.zero(SPECIES);
    for (int i = 0; i < block.padded(); i += LANES) {
      FloatVector power = FloatVector.fromArray(SPECIES, powers, i);
      s = s.add(power);
      w = power.fma(FloatVector.fromArray(SPECIES, values, i), w);
    }
    s.intoArray(lanes, 0);
    blockSum = laneTotal();
    w.intoArray(lanes, 0);
    blockWeighted = laneTotal();
    blockSquares = takesSquares ? squaresOfPowers() : 0.0;
  }

  private double squaresOfPowers() {
    FloatVector q = FloatVector.zero(SPECIES);
    for (int i = 0; i < block.padded(); i += LANES) {
      FloatVector power = FloatVector.fromArray(SPECIES, powers, i);
      q = power.fma(power, q);
    }
    q.intoArray(lanes, 0);
    return laneTotal();
  }

  @Override
  public void logSoftmax(
      Matrix logits,
      Matrix logprobs,
      long row,
      double temperature,
      double maxLogit,
      double logSum) {
    float[] values = block.values;
    float inverseTemperature = (float) (1.0 / temperature);
    for (long column = 0; column < logits.vocab(); column += Block.LENGTH) {
      block.load(logits, row, column);
      for (int i = 0; i < block.padded(); i += LANES) {
        FloatVector.fromArray(SPECIES, values, i)
            .sub((float) maxLogit)
            .mul(inverseTemperature)
            .sub((float) logSum)
            .intoArray(values, i);
      }
      block.store(logprobs, row, column);
    }
  }

  @Override
  public void gradient(
      Matrix logits,
      Matrix gradient,
      long row,
      double temperature,
      double maxLogit,
      double base,
      double slope) {
    float[] values = block.values;
    float c = (float) (LOG2_E / temperature);
    FloatVector intercept = FloatVector.broadcast(SPECIES, (float) base);
    FloatVector incline = FloatVector.broadcast(SPECIES, (float) (slope * LN_2));
    for (long column = 0; column < logits.vocab(); column += Block.LENGTH) {
      block.load(logits, row, column);
      Exp2.of(values, powers, block.padded(), (float) maxLogit, c);
      for (int i = 0; i < block.padded(); i += LANES) {
        FloatVector.fromArray(SPECIES, powers, i)
            .mul(FloatVector.fromArray(SPECIES, values, i).fma(incline, intercept))
            .intoArray(values, i);
      }
      block.store(gradient, row, column);
    }
  }

  // In lane order: reduceLanes() may add in any order.
  private double laneTotal() {
    double total = 0.0;
    for (float lane : lanes) {
      total += lane;
    }
    return total;
  }
}
