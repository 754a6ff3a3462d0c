package org.leash;

/**
 * A GPU failed during an earlier call and cannot be used again by this process; only closing still
 * works. The message names the calls that may have caused the failure.
 */
public final class DeviceLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * An exception with a message.
   *
   * @param message CUDA's error, the calls during which it occurred, and the remedy
   */
  public DeviceLostException(String message) {
    super(message);
  }
}
