package org.leash.samples;

/** A record that cannot be taken for a sample. The message names file, line and reason. */
public final class BadSampleException extends RuntimeException {
  private static final long serialVersionUID = 1;

  BadSampleException(String message) {
    super(message);
  }
}
