package org.leash;

/** A device or variant is not available on this machine. The message states the reason. */
public final class UnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * An exception with a message.
   *
   * @param message what is missing, why, and the remedy
   */
  public UnavailableException(String message) {
    super(message);
  }
}
