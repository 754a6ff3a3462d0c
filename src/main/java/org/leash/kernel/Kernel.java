package org.leash.kernel;

import org.leash.operation.Arguments;

/**
 * One operation by one variant on one device. Made by a {@link Catalogue}; holds no memory that
 * would have to be closed. Thread-safe, though calls may wait for each other.
 *
 * @param <A> its arguments
 */
public interface Kernel<A extends Arguments> {
  /** The variant that runs. */
  Variant variant();

  /**
   * Checks all arguments, then computes. On a CPU, all is done when it returns. On a GPU, it
   * returns before: {@link org.leash.device.Device#synchronize()} waits, and throws what is said of
   * targets below; memory that is closed meanwhile is freed when the call is done. Nothing has been
   * written when it throws, except as told below.
   *
   * @throws IllegalArgumentException an argument is missing, or wrong by itself or together with
   *     others: shape, type, value, overlap, read-only output, Java array for a native variant,
   *     memory that the device cannot reach
   * @throws IllegalStateException the device is closed, or memory of an argument is
   * @throws org.leash.DeviceLostException the GPU failed under an earlier call
   * @throws WrongThreadException memory of an argument is confined to another thread
   * @throws org.leash.TargetOutOfRangeException a target is not in [0, vocab); all is computed and
   *     the rows concerned are NaN
   */
  void run(A arguments);
}
