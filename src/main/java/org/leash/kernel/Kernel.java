package org.leash.kernel;

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
   * Checks all arguments, then computes; on a CPU, all is done when it returns. Nothing has been
   * written when it throws, except as told below.
   *
   * @throws IllegalArgumentException an argument is missing, or wrong by itself or together with
   *     others: shape, type, value, overlap, read-only output, Java array for a native variant
   * @throws IllegalStateException the device is closed, or memory of an argument is
   * @throws WrongThreadException memory of an argument is confined to another thread
   * @throws TargetOutOfRangeException a target is not in [0, vocab); all is computed and the rows
   *     concerned are NaN
   */
  void run(A arguments);
}
