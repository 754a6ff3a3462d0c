package org.leash.kernel.rows;

import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.StatisticsColumn;
import org.leash.kernel.LogitsGradient;
import org.leash.kernel.Variant;

/** logits_gradient. */
final class LogitsGradientRows extends RowKernel<LogitsGradient> {
  LogitsGradientRows(Device device, Variant variant, RowLoops loops) {
    super(device, variant, loops);
  }

  @Override
  boolean computeRow(LogitsGradient arguments, long row, float temperature) {
    StatisticsColumn statistics = arguments.statistics();
    // The statistics have the largest z; the logit that it came from is a number of the logits'
    // type.
    double maxLogit = round((double) statistics.max(row) * temperature, arguments.logits().dtype());
    sums.restore(maxLogit, temperature, statistics.logSum(row), statistics.mean(row));
    if (sums.isNan()) {
      return false;
    }
    putGradient(
        arguments.logits(),
        arguments.gradient(),
        row,
        arguments.targets() == null ? -1 : arguments.targets().get(row),
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
    return arguments.targets();
  }

  private static double orZero(FloatColumn column, long row) {
    return column == null ? 0.0 : column.get(row);
  }

  private static double round(double value, DType dtype) {
    float single = (float) value;
    return switch (dtype) {
      case F32 -> single;
      case BF16 -> DType.bf16ToFloat(DType.floatToBf16(single));
      case F16 -> Float.float16ToFloat(Float.floatToFloat16(single));
    };
  }
}
