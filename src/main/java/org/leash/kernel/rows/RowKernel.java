package org.leash.kernel.rows;

import org.leash.TargetOutOfRangeException;
import org.leash.device.ByteColumn;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.kernel.ValidatedKernel;
import org.leash.kernel.Variant;
import org.leash.operation.Arguments;

/**
 * An operation row by row: which rows are computed, which are 0 because they are masked, and which
 * are NaN because of their temperature or target.
 */
abstract class RowKernel<A extends Arguments> extends ValidatedKernel<A> {
  final RowLoops loops;
  final RowSums sums = new RowSums();

  private long faults;
  private long firstFault;
  private int firstTarget;

  RowKernel(Device device, Variant variant, RowLoops loops) {
    super(device, variant);
    this.loops = loops;
  }

  @Override
  protected final void compute(A arguments) {
    ByteColumn mask = arguments.mask();
    IntColumn targets = targets(arguments);
    FloatColumn temperatures = arguments.temperatures();
    faults = 0;
    for (long row = 0; row < arguments.rows(); row++) {
      if (mask != null && mask.get(row) == 0) {
        fill(arguments, row, 0.0f);
        continue;
      }
      // Read once, so that what is checked is what is used.
      int target = targets == null ? 0 : targets.get(row);
      float temperature = temperatures == null ? arguments.temperature() : temperatures.get(row);
      if (!isTarget(row, target, arguments.logits().vocab())
          || !isTemperature(temperature)
          || !computeRow(arguments, row, target, temperature)) {
        fill(arguments, row, Float.NaN);
      }
    }
    if (faults > 0) {
      throw TargetOutOfRangeException.of(
          firstFault, firstTarget, arguments.logits().vocab(), faults);
    }
  }

  /**
   * Computes a row; false where all of it is NaN, in which case nothing need have been written.
   *
   * @param target a token; 0 without targets
   */
  abstract boolean computeRow(A arguments, long row, int target, float temperature);

  /** Gives every output of a row the same value, 0 or NaN. */
  abstract void fill(A arguments, long row, float value);

  /** The targets, or null. */
  abstract IntColumn targets(A arguments);

  private boolean isTarget(long row, int target, long vocab) {
    if (target >= 0 && target < vocab) {
      return true;
    }
    if (faults++ == 0) {
      firstFault = row;
      firstTarget = target;
    }
    return false;
  }

  private static boolean isTemperature(float temperature) {
    return temperature > 0.0f && temperature < Float.POSITIVE_INFINITY;
  }

  /** Writes one row's value where it is asked for. */
  static void put(FloatColumn column, long row, double value) {
    if (column != null) {
      column.set(row, (float) value);
    }
  }

  static void fill(Matrix matrix, long row, float value) {
    for (long column = 0; column < matrix.vocab(); column++) {
      matrix.set(row, column, value);
    }
  }

  /**
   * Writes the gradient of a row whose sums are set, from the gradients with respect to its
   * logprob, entropy and lse:
   *
   * <pre>
   *   dx_j = (1/T) [ g_lp (δ_jy − p_j) + p_j (g_H (mean − u_j) + g_lse) ]
   *        = exp(u_j) (base + slope u_j)                                      for every j but the target y
   * </pre>
   *
   * @param target y, or −1 where {@code gradLogprob} is 0
   */
  final void putGradient(
      Matrix logits,
      Matrix gradient,
      long row,
      int target,
      double gradLogprob,
      double gradEntropy,
      double gradLse) {
    double temperature = sums.temperature();
    double scale = Math.exp(-sums.logSum()) / temperature;
    double spread = gradEntropy * sums.mean() + gradLse;
    double base = scale * (spread - gradLogprob);
    double slope = -scale * gradEntropy;
    if (Double.isNaN(base) || Double.isNaN(slope)) {
      fill(gradient, row, Float.NaN);
      return;
    }
    double atTarget = 0.0;
    if (target >= 0) {
      double logprob = sums.logprob(logits.get(row, target));
      double p = Math.exp(logprob);
      // Near p = 1 the difference 1 - p would be rounding noise; at p = 0 the entropy's p (z - max)
      // tends to 0.
      double throughOthers =
          p == 0.0 ? 0.0 : p * (spread - gradEntropy * (logprob + sums.logSum()));
      atTarget = (gradLogprob * -Math.expm1(logprob) + throughOthers) / temperature;
    }
    loops.gradient(logits, gradient, row, temperature, sums.maxLogit(), base, slope);
    if (target >= 0) {
      gradient.set(row, target, (float) atTarget);
    }
  }
}
