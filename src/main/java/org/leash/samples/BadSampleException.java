package org.leash.samples;

/** A record is not a valid sample. The message names file, line and fault. */
public final class BadSampleException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** For a record that {@link SampleFile} accepts and its reader cannot use. */
  public BadSampleException(String message) {
    super(message);
  }
}
