package org.leash.benchmarks.csv;

/** Status of a contender in a case. Only {@link #OK} rows have a time. */
public enum ResultStatus {
  OK,
  /** An output is outside its tolerance. */
  INCORRECT_NUMERICAL,
  /** An output has the wrong shape. */
  INCORRECT_SHAPE,
  /** An output has the wrong type. */
  INCORRECT_DTYPE,
  /** It could not be built. */
  COMPILE_ERROR,
  /** An exception, or the death of the process. */
  RUNTIME_ERROR,
  /** It produced no output for too long. */
  TIMEOUT,
  /** Memory of the host or of the device ran out. */
  OOM,
  /** Measured, but not credible; {@code flags} says why. */
  INVALID,
  /** Planned, but not run. */
  SKIPPED;

  /** Whether a result is wrong. */
  public boolean isIncorrect() {
    return this == INCORRECT_NUMERICAL || this == INCORRECT_SHAPE || this == INCORRECT_DTYPE;
  }
}
