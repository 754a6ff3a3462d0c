package org.leash.kernel;

import org.leash.operation.Arguments;

/**
 * A variant of an operation on a device, made by a {@link Catalogue}. Needs no closing.
 * Thread-safe, but calls may wait for each other.
 *
 * @param <A> the arguments of the operation
 */
public interface Kernel<A extends Arguments> {
  /** The variant that this kernel runs. */
  Variant variant();

  /**
   * Checks all arguments, then computes. On a CPU, the outputs are complete on return. On a GPU,
   * the call is asynchronous: {@link org.leash.device.Device#synchronize()} waits for it and throws
   * its {@code TargetOutOfRangeException}; memory closed in the meantime is freed after the call.
   * If this method throws, nothing has been written, except after a {@code
   * TargetOutOfRangeException}.
   *
   * @throws IllegalArgumentException an argument is missing or invalid: shape, type, value,
   *     overlap, read-only output, Java array for a native variant, memory out of the device's
   *     reach
   * @throws IllegalStateException the device or the memory of an argument is closed
   * @throws org.leash.DeviceLostException the GPU failed during an earlier call
   * @throws WrongThreadException the memory of an argument is confined to another thread
   * @throws org.leash.TargetOutOfRangeException a target is not in [0, vocab); the call has
   *     completed and the affected rows are NaN
   */
  void run(A arguments);
}
