package org.leash.kernel;

import java.util.List;
import org.leash.device.Device;
import org.leash.operation.Arguments;
import org.leash.operation.Operation;

/**
 * A source of kernels, found by {@link java.util.ServiceLoader}. Loading it never fails: what keeps
 * it from running here is the reason of its variants.
 */
public interface Provider {
  /** The start of its variants' names, such as "java-vector" or "native". */
  String name();

  /** All its variants, those included that are not available. */
  List<Variant> variants();

  /**
   * Makes a kernel.
   *
   * @param variant one of {@link #variants()}: available, of this operation and of the device's
   *     kind
   */
  <A extends Arguments> Kernel<A> kernel(Device device, Operation<A> operation, Variant variant);
}
