package org.leash.kernel.rows;

import org.leash.device.Device;
import org.leash.device.IntColumn;
import org.leash.kernel.Variant;
import org.leash.operation.LogSoftmax;

/** log_softmax. */
final class LogSoftmaxRows extends RowKernel<LogSoftmax> {
  LogSoftmaxRows(Device device, Variant variant, RowLoops loops) {
    super(device, variant, loops);
  }

  @Override
  boolean computeRow(LogSoftmax arguments, long row, int target, float temperature) {
    loops.sums(arguments.logits(), row, temperature, sums);
    if (sums.isNan()) {
      return false;
    }
    loops.logSoftmax(
        arguments.logits(), arguments.logprobs(), row, temperature, sums.maxLogit(), sums.logSum());
    return true;
  }

  @Override
  void fill(LogSoftmax arguments, long row, float value) {
    fill(arguments.logprobs(), row, value);
  }

  @Override
  IntColumn targets(LogSoftmax arguments) {
    return null;
  }
}
