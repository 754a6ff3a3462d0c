package org.leash.benchmarks.csv;

/** What became of a contender. Only {@link #OK} rows have a time. */
public enum Status {
  OK,
  /** An output lies outside its tolerance. */
  INCORRECT_NUMERICAL,
  /** An exception, or the death of the process. */
  RUNTIME_ERROR,
  /** Nothing was heard of it for too long. */
  TIMEOUT,
  /** Measured, but not believable: {@code flags} says why. */
  INVALID,
  /** Planned, but not run. */
  SKIPPED
}
