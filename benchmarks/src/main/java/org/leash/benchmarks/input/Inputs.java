package org.leash.benchmarks.input;

import java.util.List;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.leash.device.Buffer;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.device.StatisticsColumn;
import org.leash.loss.PolicyLoss;
import org.leash.reference.PolicyReference;
import org.leash.reference.PolicyReference.Outcome;
import org.leash.reference.RowReference;
import org.leash.reference.RowReference.Row;

/**
 * The inputs of all tasks at one shape, drawn from a seed, each row from its own generator:
 *
 * <ul>
 *   <li>logits of the distribution, rounded to the dtype; targets sampled from the policy that they
 *       define;
 *   <li>advantages, standard normal as after normalisation by group;
 *   <li>old log-probabilities within a few percent of the current ones, as after some steps of PPO:
 *       ratios have a standard deviation of 5 %, so that few tokens are clipped;
 *   <li>weights of a mean over the rows; for {@code logits_gradient} row statistics and gradients
 *       as that loss gives them.
 * </ul>
 *
 * Off-heap, in memory of the device, but usable from any. Not to be written to: tasks that work in
 * place take copies.
 */
public final class Inputs implements AutoCloseable {
  /** DAPO's bounds and a small entropy bonus, so that every term of the gradient is at work. */
  public static final PolicyLoss LOSS = PolicyLoss.ppoClip(0.2, 0.28).withEntropy(0.01);

  private static final double RATIO_DEVIATION = 0.05;
  private static final RandomGeneratorFactory<RandomGenerator> GENERATORS =
      RandomGeneratorFactory.of("L64X128MixRandom");

  private final Matrix logits;
  private final IntColumn targets;
  private final FloatColumn advantage;
  private final FloatColumn oldLogprob;
  private final FloatColumn weight;
  private final StatisticsColumn statistics;
  private final FloatColumn gradLogprob;
  private final FloatColumn gradEntropy;
  private final double[] logprob;
  private final double[] entropy;

  private Inputs(Device device, DType dtype, int rows, int vocab) {
    logits = device.matrix(rows, vocab, dtype);
    targets = device.ints(rows);
    advantage = device.floats(rows);
    oldLogprob = device.floats(rows);
    weight = device.floats(rows);
    statistics = device.statistics(rows);
    gradLogprob = device.floats(rows);
    gradEntropy = device.floats(rows);
    logprob = new double[rows];
    entropy = new double[rows];
  }

  /** Draws the inputs of a case. */
  public static Inputs of(Device device, Case drawn) {
    Inputs inputs = new Inputs(device, drawn.dtype(), drawn.rows(), drawn.vocab());
    IntStream.range(0, drawn.rows())
        .parallel()
        .forEach(row -> inputs.draw(row, drawn.distribution(), GENERATORS.create(seed(row))));
    return inputs;
  }

  private static long seed(int row) {
    return Case.SEED + row;
  }

  private void draw(int row, Distribution distribution, RandomGenerator random) {
    float[] values = new float[vocab()];
    distribution.fill(values, random);
    logits.fillRow(row, values);

    Row policy = reference(row);
    int target = sample(policy, random.nextDouble());
    logprob[row] = policy.logprob(target);
    entropy[row] = policy.entropy();
    targets.set(row, target);
    advantage.set(row, (float) random.nextGaussian());
    oldLogprob.set(row, (float) (logprob[row] - RATIO_DEVIATION * random.nextGaussian()));
    weight.set(row, 1.0f / rows());
    statistics.set(row, (float) policy.max(), (float) policy.logSum(), (float) policy.mean());
    Outcome outcome = outcome(row);
    gradLogprob.set(row, (float) outcome.gradLogprob());
    gradEntropy.set(row, (float) outcome.gradEntropy());
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

  /** The row's logits as the dtype holds them, with their statistics in double precision. */
  public Row reference(int row) {
    double[] values = new double[vocab()];
    for (int j = 0; j < values.length; j++) {
      values[j] = logits.get(row, j);
    }
    return RowReference.of(values, 1.0);
  }

  /** What the loss makes of the row's sampled token, in double precision. */
  public Outcome outcome(int row) {
    return PolicyReference.evaluate(
        LOSS,
        logprob[row],
        entropy[row],
        advantage.get(row),
        oldLogprob.get(row),
        Double.NaN,
        OptionalDouble.empty(),
        weight.get(row));
  }

  /** The gradient of that loss with respect to the row's logits, in double precision. */
  public double[] gradient(int row) {
    Outcome outcome = outcome(row);
    return reference(row)
        .gradient(targets.get(row), outcome.gradLogprob(), outcome.gradEntropy(), 0);
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

  public IntColumn targets() {
    return targets;
  }

  public FloatColumn advantage() {
    return advantage;
  }

  public FloatColumn oldLogprob() {
    return oldLogprob;
  }

  public FloatColumn weight() {
    return weight;
  }

  public StatisticsColumn statistics() {
    return statistics;
  }

  public FloatColumn gradLogprob() {
    return gradLogprob;
  }

  public FloatColumn gradEntropy() {
    return gradEntropy;
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
    List.<Buffer>of(
            logits, targets, advantage, oldLogprob, weight, statistics, gradLogprob, gradEntropy)
        .forEach(Buffer::close);
  }
}
