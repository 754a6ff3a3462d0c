package org.leash.conformance;

import java.util.Arrays;
import java.util.Random;
import org.leash.conformance.Spec.Temperatures;
import org.leash.device.DType;
import org.leash.loss.LossCopy;
import org.leash.reference.PolicyReference.Outcome;
import org.leash.reference.RowReference;
import org.leash.reference.RowReference.Row;

/**
 * The inputs of all five operations, rounded as for kernels, and the expected results in double
 * precision.
 *
 * <p>Expected results are computed on first use and cached, as they serve all variants.
 */
final class Problem {
  private static final float CALL_TEMPERATURE = 0.7f;
  private static final float[] BAD_TEMPERATURES = {
    0.0f, -1.0f, Float.NaN, Float.POSITIVE_INFINITY, -0.0f
  };
  private static final double[] ADVANTAGES = {1.3, -0.7, 0.0, 0.4, -1.9};
  private static final double[] LOG_RATIOS = {0.05, -0.5, 0.6, -0.05, 1.5, -25.0, 0.15, 25.0};
  private static final double[] REFERENCE_OFFSETS = {0.3, -0.7, 0.5, 1.1, -30.0, 0.25, -0.4};
  private static final double[] ROLLOUT_OFFSETS = {-0.3, 0.2, -1.2, 0.05};
  private static final int[] STRAY_TARGETS = {-1, Integer.MAX_VALUE, Integer.MIN_VALUE};
  // Around the borders of the pieces into which kernels divide rows.
  private static final int[] BORDERS = {
    31, 32, 1023, 1024, 2047, 2048, 4095, 4096, 16383, 16384, 65535, 65536
  };

  final Spec spec;
  final float[] logits;
  final int[] targets;
  final float[] temperatures;
  final byte[] mask;
  final float[] gradLogprob;
  final float[] gradEntropy;
  final float[] gradLse;
  final float[] statistics;
  final Policies policy;
  final float[] advantage;
  final float[] oldLogprob;
  final float[] referenceLogprob;
  final float[] rolloutLogprob;
  final float[] weight;

  private final Formula reference;
  private final Row[] rows;
  private final Outcome[] outcomes;
  private final double[][] logSoftmax;
  private final double[][] logitsGradients;
  private final double[][] policyGradients;

  Problem(Spec spec) {
    this.spec = spec;
    this.reference = new LossFormula(LossCopy.REFERENCE);
    int n = spec.rows();
    Random random = new Random(spec.seed());
    logits = new float[n * spec.vocab()];
    targets = new int[n];
    temperatures = new float[n];
    mask = new byte[n];
    gradLogprob = new float[n];
    gradEntropy = new float[n];
    gradLse = new float[n];
    statistics = new float[3 * n];
    policy = Policies.number(spec.policy());
    advantage = new float[n];
    oldLogprob = new float[n];
    referenceLogprob = new float[n];
    rolloutLogprob = new float[n];
    weight = new float[n];
    rows = new Row[n];
    outcomes = new Outcome[n];
    logSoftmax = new double[n][];
    logitsGradients = new double[n][];
    policyGradients = new double[n][];
    for (int r = 0; r < n; r++) {
      makeRow(r, random);
    }
  }

  /**
   * Whether collision probabilities are asked for, which GPUs compute with kernels of their own.
   */
  boolean takesCollision() {
    return spec.seed() % 2 == 0;
  }

  private Problem(Problem inputs, Formula reference) {
    this.spec = inputs.spec;
    this.reference = reference;
    logits = inputs.logits;
    targets = inputs.targets;
    temperatures = inputs.temperatures;
    mask = inputs.mask;
    gradLogprob = inputs.gradLogprob;
    gradEntropy = inputs.gradEntropy;
    gradLse = inputs.gradLse;
    statistics = inputs.statistics;
    policy = inputs.policy;
    advantage = inputs.advantage;
    oldLogprob = inputs.oldLogprob;
    referenceLogprob = inputs.referenceLogprob;
    rolloutLogprob = inputs.rolloutLogprob;
    weight = inputs.weight;
    rows = inputs.rows;
    outcomes = new Outcome[rows.length];
    logSoftmax = inputs.logSoftmax;
    logitsGradients = inputs.logitsGradients;
    policyGradients = new double[rows.length][];
  }

  /** The same inputs with the losses of another formula. */
  Problem withReference(Formula other) {
    return new Problem(this, other);
  }

  private void makeRow(int r, Random random) {
    float[] x = new float[spec.vocab()];
    spec.distributions().get(r % spec.distributions().size()).fill(x, random);
    round(x, spec.dtype());
    mask[r] = (byte) (spec.masked() && r % 3 == 1 ? 0 : 1 + r % 2);
    temperatures[r] = temperature(r, random);
    targets[r] = target(r, x, random);
    rows[r] = RowReference.of(widened(x), temperatures[r]);

    gradLogprob[r] = (float) random.nextGaussian();
    gradEntropy[r] = r % 4 == 3 ? 0.0f : (float) (0.5 * random.nextGaussian());
    gradLse[r] = r % 4 == 2 ? 0.0f : (float) (0.5 * random.nextGaussian());
    statistics[3 * r] = (float) rows[r].maxLogit();
    statistics[3 * r + 1] = (float) rows[r].logSum();
    statistics[3 * r + 2] = (float) rows[r].mean();

    double logprob = isStray(r) ? -1.0 : Math.max(rows[r].logprob(targets[r]), -50.0);
    advantage[r] = (float) ADVANTAGES[r % ADVANTAGES.length];
    oldLogprob[r] = (float) (logprob - LOG_RATIOS[r % LOG_RATIOS.length]);
    referenceLogprob[r] = (float) (logprob - REFERENCE_OFFSETS[r % REFERENCE_OFFSETS.length]);
    rolloutLogprob[r] =
        (float)
            ((policy.hasOld() ? oldLogprob[r] : logprob)
                + ROLLOUT_OFFSETS[r % ROLLOUT_OFFSETS.length]);
    weight[r] = 0.25f + random.nextFloat();

    if (isMasked(r)) {
      hideRubbish(r, x);
    }
    System.arraycopy(x, 0, logits, r * spec.vocab(), x.length);
  }

  /** Invalid content for a masked row, which must be neither read nor visible in outputs. */
  private void hideRubbish(int r, float[] x) {
    Arrays.fill(x, r % 2 == 0 ? Float.NaN : Float.POSITIVE_INFINITY);
    targets[r] = STRAY_TARGETS[r % STRAY_TARGETS.length];
    temperatures[r] = Float.NaN;
    for (float[] column :
        new float[][] {
          gradLogprob,
          gradEntropy,
          gradLse,
          advantage,
          oldLogprob,
          referenceLogprob,
          rolloutLogprob,
          weight
        }) {
      column[r] = r % 2 == 0 ? Float.NaN : Float.NEGATIVE_INFINITY;
    }
    Arrays.fill(statistics, 3 * r, 3 * r + 3, Float.NaN);
  }

  private float temperature(int r, Random random) {
    return switch (spec.temperatures()) {
      case ONE -> 1.0f;
      case CALL -> CALL_TEMPERATURE;
      case ROWS -> 0.5f + 1.5f * random.nextFloat();
      case ROWS_SOME_BAD ->
          r % 4 == 1
              ? BAD_TEMPERATURES[r / 4 % BAD_TEMPERATURES.length]
              : 0.5f + random.nextFloat();
    };
  }

  private int target(int r, float[] x, Random random) {
    int vocab = x.length;
    if (spec.strayTargets() && r % 5 == 3) {
      int stray = r / 5 % (STRAY_TARGETS.length + 1);
      return stray == 0 ? vocab : STRAY_TARGETS[stray - 1];
    }
    int border = BORDERS[r % BORDERS.length];
    return switch (r % 6) {
      case 0 -> 0;
      case 1 -> vocab - 1;
      case 2 -> border < vocab ? border : random.nextInt(vocab);
      case 3, 4 -> argmax(x);
      default -> random.nextInt(vocab);
    };
  }

  private static int argmax(float[] x) {
    int largest = 0;
    for (int j = 1; j < x.length; j++) {
      if (x[j] > x[largest]) {
        largest = j;
      }
    }
    return largest;
  }

  private static void round(float[] x, DType dtype) {
    for (int j = 0; j < x.length; j++) {
      x[j] =
          switch (dtype) {
            case F32 -> x[j];
            case BF16 -> DType.bf16ToFloat(DType.floatToBf16(x[j]));
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(x[j]));
          };
    }
  }

  private static double[] widened(float[] x) {
    double[] wide = new double[x.length];
    for (int j = 0; j < x.length; j++) {
      wide[j] = x[j];
    }
    return wide;
  }

  /** The temperature of the call if there are no per-row temperatures. */
  float callTemperature() {
    return spec.temperatures() == Temperatures.CALL ? CALL_TEMPERATURE : 1.0f;
  }

  boolean hasRowTemperatures() {
    return switch (spec.temperatures()) {
      case ONE, CALL -> false;
      case ROWS, ROWS_SOME_BAD -> true;
    };
  }

  boolean isMasked(int r) {
    return mask[r] == 0;
  }

  boolean isStray(int r) {
    return targets[r] < 0 || targets[r] >= spec.vocab();
  }

  /** The first row with a target out of range, or −1. */
  int firstStrayRow() {
    for (int r = 0; r < spec.rows(); r++) {
      if (!isMasked(r) && isStray(r)) {
        return r;
      }
    }
    return -1;
  }

  long strayRows() {
    long count = 0;
    for (int r = 0; r < spec.rows(); r++) {
      if (!isMasked(r) && isStray(r)) {
        count++;
      }
    }
    return count;
  }

  /** The reference of an unmasked row. */
  Row row(int r) {
    return rows[r];
  }

  double[] logSoftmax(int r) {
    if (logSoftmax[r] == null) {
      logSoftmax[r] = row(r).logSoftmax();
    }
    return logSoftmax[r];
  }

  /** The expected gradient of a row with a valid target. */
  double[] logitsGradient(int r) {
    if (logitsGradients[r] == null) {
      logitsGradients[r] = row(r).gradient(targets[r], gradLogprob[r], gradEntropy[r], gradLse[r]);
    }
    return logitsGradients[r];
  }

  /** The expected loss of a row with a valid target. */
  Outcome outcome(int r) {
    if (outcomes[r] == null) {
      double[] numbers = outcome(reference, r);
      outcomes[r] =
          new Outcome(numbers[0], numbers[1], numbers[2], (int) numbers[3], numbers[4], numbers[5]);
    }
    return outcomes[r];
  }

  /** The loss of a row with a valid target, by a copy of the formula. */
  double[] outcome(Formula formula, int r) {
    return formula.outcome(
        spec.policy(),
        row(r).logprob(targets[r]),
        row(r).entropy(),
        advantage[r],
        oldLogprob[r],
        referenceLogprob[r],
        rolloutLogprob[r],
        weight[r]);
  }

  /**
   * The derivatives of the surrogate and of the KL term of a row by logprob, as a sum of absolute
   * values: the gradient before the two cancel.
   */
  double gradLogprobTerms(int r) {
    double surrogate =
        new LossFormula(LossCopy.REFERENCE)
            .evaluate(
                policy.withoutKl(),
                row(r).logprob(targets[r]),
                row(r).entropy(),
                advantage[r],
                oldLogprob[r],
                referenceLogprob[r],
                rolloutLogprob[r],
                weight[r])
            .gradLogprob();
    return Math.abs(surrogate) + Math.abs(outcome(r).gradLogprob() - surrogate);
  }

  /** The expected gradient of the loss of a row with a valid target. */
  double[] policyGradient(int r) {
    if (policyGradients[r] == null) {
      policyGradients[r] =
          row(r).gradient(targets[r], outcome(r).gradLogprob(), outcome(r).gradEntropy(), 0.0);
    }
    return policyGradients[r];
  }

  @Override
  public String toString() {
    return spec.toString();
  }
}
