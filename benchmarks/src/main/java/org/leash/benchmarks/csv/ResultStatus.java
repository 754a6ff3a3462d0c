package org.leash.benchmarks.csv;

/** What became of a contender. Only {@link #OK} rows have a time. */
public enum ResultStatus {
  OK,
  /** An output lies outside its tolerance. */
  INCORRECT_NUMERICAL,
  /** An output has another shape than it should. */
  INCORRECT_SHAPE,
  /** An output has another type than it should. */
  INCORRECT_DTYPE,
  /** It could not be built. */
  COMPILE_ERROR,
  /** An exception, or the death of the process. */
  RUNTIME_ERROR,
  /** Nothing was heard of it for too long. */
  TIMEOUT,
  /** Memory of the host or of the device ran out. */
  OOM,
  /** Measured, but not believable: {@code flags} says why. */
  INVALID,
  /** Planned, but not run. */
  SKIPPED;

  /** Whether what was computed is wrong. */
  public boolean isIncorrect() {
    return this == INCORRECT_NUMERICAL || this == INCORRECT_SHAPE || this == INCORRECT_DTYPE;
  }
}
