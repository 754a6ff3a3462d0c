package org.leash.kernel.rows;

import java.util.EnumSet;
import java.util.List;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.DeviceKind;
import org.leash.kernel.Kernel;
import org.leash.kernel.Variant;
import org.leash.operation.Arguments;
import org.leash.operation.Operation;

/** All operations on the CPU, from one set of loops. */
public final class RowKernels {

  private RowKernels() {}

  /**
   * A variant of every operation, for all types and lengths of rows.
   *
   * @param readsForSums how often the loops read a row for its sums
   * @param reason why it is not available; "" when it is
   */
  public static List<Variant> variants(
      String name, int readsForSums, int preference, String description, String reason) {
    return Operation.all().stream()
        .map(
            operation ->
                new Variant(
                    operation,
                    name,
                    DeviceKind.CPU,
                    EnumSet.allOf(DType.class),
                    Integer.MAX_VALUE,
                    true,
                    (operation == Operation.LOGITS_GRADIENT ? 0 : readsForSums)
                        + (operation.writesMatrix() ? 1 : 0),
                    operation.writesMatrix() ? 1 : 0,
                    preference,
                    description,
                    reason))
        .toList();
  }

  /**
   * A kernel that takes its loops for itself. Runs on the caller's thread; calls from several
   * threads wait for each other.
   */
  @SuppressWarnings("unchecked") // The kernel of an operation takes that operation's arguments.
  public static <A extends Arguments> Kernel<A> of(
      Device device, Operation<A> operation, Variant variant, RowLoops loops) {
    RowKernel<?> kernel;
    if (operation == Operation.LOG_SOFTMAX) {
      kernel = new LogSoftmaxRows(device, variant, loops);
    } else if (operation == Operation.ENTROPY) {
      kernel = new EntropyRows(device, variant, loops);
    } else if (operation == Operation.TOKEN_STATISTICS) {
      kernel = new TokenStatisticsRows(device, variant, loops);
    } else if (operation == Operation.LOGITS_GRADIENT) {
      kernel = new LogitsGradientRows(device, variant, loops);
    } else if (operation == Operation.POLICY_GRADIENT) {
      kernel = new PolicyGradientRows(device, variant, loops);
    } else {
      throw new IllegalArgumentException("no Java kernel computes " + operation);
    }
    return (Kernel<A>) kernel;
  }
}
