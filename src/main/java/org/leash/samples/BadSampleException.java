package org.leash.samples;

/** A record that cannot be taken for a sample, or used. The message names file, line and reason. */
public final class BadSampleException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** For a record that {@link SampleFile} took, and the reader cannot use. */
  public BadSampleException(String message) {
    super(message);
  }
}
