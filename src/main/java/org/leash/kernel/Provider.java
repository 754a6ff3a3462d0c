package org.leash.kernel;

import java.util.List;
import org.leash.device.Device;
import org.leash.operation.Arguments;
import org.leash.operation.Operation;

/**
 * A source of kernels, found by {@link java.util.ServiceLoader}. Loading never fails: if the
 * provider cannot run on this machine, its variants are unavailable and state the reason.
 */
public interface Provider {
  /** The prefix of its variants' names, such as "java-vector" or "native". */
  String name();

  /** All variants, including unavailable ones. */
  List<Variant> variants();

  /**
   * Makes a kernel.
   *
   * @param variant one of {@link #variants()}: available, for this operation and this kind of
   *     device
   */
  <A extends Arguments> Kernel<A> kernel(Device device, Operation<A> operation, Variant variant);
}
