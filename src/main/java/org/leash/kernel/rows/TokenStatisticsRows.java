package org.leash.kernel.rows;

import org.leash.device.Device;
import org.leash.device.IntColumn;
import org.leash.kernel.Variant;
import org.leash.operation.TokenStatistics;

/** token_statistics. */
final class TokenStatisticsRows extends RowKernel<TokenStatistics> {
  TokenStatisticsRows(Device device, Variant variant, RowLoops loops) {
    super(device, variant, loops);
  }

  @Override
  boolean computeRow(TokenStatistics arguments, long row, int target, float temperature) {
    sums.takeSquares(arguments.collision() != null);
    loops.sums(arguments.logits(), row, temperature, sums);
    if (sums.isNan()) {
      return false;
    }
    if (arguments.logprob() != null) {
      put(arguments.logprob(), row, sums.logprob(arguments.logits().get(row, target)));
    }
    put(arguments.entropy(), row, sums.entropy());
    put(arguments.lse(), row, sums.lse());
    put(arguments.collision(), row, sums.collision());
    if (arguments.statistics() != null) {
      arguments
          .statistics()
          .set(row, (float) sums.maxLogit(), (float) sums.logSum(), (float) sums.mean());
    }
    return true;
  }

  @Override
  void fill(TokenStatistics arguments, long row, float value) {
    put(arguments.logprob(), row, value);
    put(arguments.entropy(), row, value);
    put(arguments.lse(), row, value);
    put(arguments.collision(), row, value);
    if (arguments.statistics() != null) {
      arguments.statistics().set(row, value, value, value);
    }
  }

  @Override
  IntColumn targets(TokenStatistics arguments) {
    return arguments.targets();
  }
}
