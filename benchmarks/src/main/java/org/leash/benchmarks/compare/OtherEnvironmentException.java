package org.leash.benchmarks.compare;

/**
 * Two runs, or a run and this process, differ in facts that must agree for times to be comparable.
 */
public final class OtherEnvironmentException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public OtherEnvironmentException(String message) {
    super(message);
  }
}
