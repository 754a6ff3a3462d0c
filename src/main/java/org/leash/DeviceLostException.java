package org.leash;

/**
 * A GPU failed under an earlier call, and CUDA takes nothing more of this process for it. The
 * message names the calls that may have caused it. Only closing still works.
 */
public final class DeviceLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what CUDA said, under which calls, and what to do about it
   */
  public DeviceLostException(String message) {
    super(message);
  }
}
