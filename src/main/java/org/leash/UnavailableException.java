package org.leash;

/** A device or a variant that does not exist on this machine. The message names the reason. */
public final class UnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what is missing, why, and what to do about it
   */
  public UnavailableException(String message) {
    super(message);
  }
}
