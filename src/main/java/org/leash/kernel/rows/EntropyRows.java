package org.leash.kernel.rows;

import org.leash.device.Device;
import org.leash.device.IntColumn;
import org.leash.kernel.Variant;
import org.leash.operation.Entropy;

/** entropy. */
final class EntropyRows extends RowKernel<Entropy> {
  EntropyRows(Device device, Variant variant, RowLoops loops) {
    super(device, variant, loops);
  }

  @Override
  boolean computeRow(Entropy arguments, long row, int target, float temperature) {
    loops.sums(arguments.logits(), row, temperature, sums);
    put(arguments.entropy(), row, sums.entropy());
    return true;
  }

  @Override
  void fill(Entropy arguments, long row, float value) {
    put(arguments.entropy(), row, value);
  }

  @Override
  IntColumn targets(Entropy arguments) {
    return null;
  }
}
