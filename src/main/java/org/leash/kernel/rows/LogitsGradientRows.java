package org.leash.kernel.rows;

import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.StatisticsColumn;
import org.leash.kernel.Variant;
import org.leash.operation.LogitsGradient;

/** logits_gradient. */
final class LogitsGradientRows extends RowKernel<LogitsGradient> {
  LogitsGradientRows(Device device, Variant variant, RowLoops loops) {
    super(device, variant, loops);
  }

  @Override
  boolean computeRow(LogitsGradient arguments, long row, int target, float temperature) {
    StatisticsColumn statistics = arguments.statistics();
    sums.set(statistics.max(row), temperature, statistics.logSum(row), statistics.mean(row));
    if (sums.isNan()) {
      return false;
    }
    putGradient(
        arguments.logits(),
        arguments.gradient(),
        row,
        targets(arguments) == null ? -1 : target,
        orZero(arguments.gradLogprob(), row),
        orZero(arguments.gradEntropy(), row),
        orZero(arguments.gradLse(), row));
    return true;
  }

  @Override
  void fill(LogitsGradient arguments, long row, float value) {
    fill(arguments.gradient(), row, value);
  }

  @Override
  IntColumn targets(LogitsGradient arguments) {
    return arguments.gradLogprob() == null ? null : arguments.targets();
  }

  private static double orZero(FloatColumn column, long row) {
    return column == null ? 0.0 : column.get(row);
  }
}
