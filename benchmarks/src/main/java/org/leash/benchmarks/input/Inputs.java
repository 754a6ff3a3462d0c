package org.leash.benchmarks.input;

import java.util.OptionalDouble;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.LogitDistribution;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.Matrix;
import org.leash.loss.PolicyLoss;
import org.leash.reference.PolicyReference;
import org.leash.reference.PolicyReference.Outcome;
import org.leash.reference.RowReference;
import org.leash.reference.RowReference.Row;

/**
 * The inputs of all contracts at one shape, drawn from a seed, each row by a generator of its own:
 *
 * <ul>
 *   <li>logits of the distribution, rounded to the dtype, and targets sampled from their softmax;
 *   <li>standard normal advantages, as after normalisation by group;
 *   <li>old log-probabilities near the current ones, as after some steps of PPO: ratios have a
 *       standard deviation of 5 %, so that few tokens are clipped;
 *   <li>weights of a mean over the rows; for {@code logits_gradient} the row statistics and the
 *       gradients of that loss.
 * </ul>
 *
 * Off-heap, in host memory. Read-only: contenders work on copies.
 */
public final class Inputs implements AutoCloseable {
  /** DAPO's bounds and a small entropy bonus, so that every term contributes to the gradient. */
  public static final PolicyLoss LOSS = PolicyLoss.ppoClip(0.2, 0.28).withEntropy(0.01);

  private static final double RATIO_DEVIATION = 0.05;
  private static final RandomGeneratorFactory<RandomGenerator> GENERATORS =
      RandomGeneratorFactory.of("L64X128MixRandom");

  private final Matrix logits;
  private final InputColumns columns;
  private final double[] logprob;
  private final double[] entropy;

  private Inputs(Device device, DType dtype, int rows, int vocab) {
    logits = device.matrix(rows, vocab, dtype);
    columns = InputColumns.allocate(device, rows);
    logprob = new double[rows];
    entropy = new double[rows];
  }

  /** Draws the inputs of a case. */
  public static Inputs of(Device device, KernelCase drawn) {
    Inputs inputs = new Inputs(device, drawn.dtype(), drawn.rows(), drawn.vocab());
    IntStream.range(0, drawn.rows())
        .parallel()
        .forEach(row -> inputs.draw(row, drawn.distribution(), GENERATORS.create(seed(row))));
    return inputs;
  }

  private static long seed(int row) {
    return KernelCase.SEED + row;
  }

  private void draw(int row, LogitDistribution distribution, RandomGenerator random) {
    float[] values = new float[vocab()];
    distribution.fill(values, random);
    logits.fillRow(row, values);

    Row policy = reference(row);
    int target = sample(policy, random.nextDouble());
    logprob[row] = policy.logprob(target);
    entropy[row] = policy.entropy();
    columns.targets().set(row, target);
    columns.advantage().set(row, (float) random.nextGaussian());
    columns.oldLogprob().set(row, (float) (logprob[row] - RATIO_DEVIATION * random.nextGaussian()));
    columns.weight().set(row, 1.0f / rows());
    columns
        .statistics()
        .set(row, (float) policy.max(), (float) policy.logSum(), (float) policy.mean());
    Outcome outcome = outcome(row);
    columns.gradLogprob().set(row, (float) outcome.gradLogprob());
    columns.gradEntropy().set(row, (float) outcome.gradEntropy());
  }

  /** The first token at which the cumulated probability exceeds u. */
  private int sample(Row policy, double u) {
    double cumulated = 0;
    int last = vocab() - 1;
    for (int j = 0; j < last; j++) {
      cumulated += policy.probability(j);
      if (cumulated > u) {
        return j;
      }
    }
    return last;
  }

  /** The row's logits, as rounded to the dtype, with their statistics in double precision. */
  public Row reference(int row) {
    double[] values = new double[vocab()];
    for (int j = 0; j < values.length; j++) {
      values[j] = logits.get(row, j);
    }
    return RowReference.of(values, 1.0);
  }

  /** Loss and gradient coefficients of the row's sampled token, in double precision. */
  public Outcome outcome(int row) {
    return PolicyReference.evaluate(
        LOSS,
        logprob[row],
        entropy[row],
        columns.advantage().get(row),
        columns.oldLogprob().get(row),
        Double.NaN,
        OptionalDouble.empty(),
        columns.weight().get(row));
  }

  /** The gradient of that loss with respect to the row's logits, in double precision. */
  public double[] gradient(int row) {
    Outcome outcome = outcome(row);
    return reference(row)
        .gradient(columns.targets().get(row), outcome.gradLogprob(), outcome.gradEntropy(), 0);
  }

  public int rows() {
    return (int) logits.rows();
  }

  public int vocab() {
    return (int) logits.vocab();
  }

  public Matrix logits() {
    return logits;
  }

  public InputColumns columns() {
    return columns;
  }

  /** The sampled token's log-probability, in double precision. */
  public double logprob(int row) {
    return logprob[row];
  }

  /** The row's entropy in nats, in double precision. */
  public double entropy(int row) {
    return entropy[row];
  }

  @Override
  public void close() {
    logits.close();
    columns.close();
  }
}
