package org.leash.benchmarks.cli;

/** What was measured elsewhere, or of something else, cannot be put beside this. */
final class OtherEnvironmentException extends RuntimeException {
  private static final long serialVersionUID = 1;

  OtherEnvironmentException(String message) {
    super(message);
  }
}
