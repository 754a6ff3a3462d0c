package org.leash.samples;

/** A record is not a valid sample. The message names file, line and fault. */
public final class BadSampleException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** An exception with a message that names file, line and fault. */
  public BadSampleException(String message) {
    super(message);
  }
}
