package org.leash.benchmarks.compare;

/** Two runs, or a run and this process, differ in what makes times comparable. */
public final class OtherEnvironmentException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public OtherEnvironmentException(String message) {
    super(message);
  }
}
