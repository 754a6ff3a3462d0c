package org.leash.benchmarks.cli;

/** Exit codes of {@code leash-bench}, the same in all commands. */
final class ExitCodes {
  static final int OK = 0;

  /** A regression beyond its threshold, or a run in which a contender has no time. */
  static final int FAILED = 1;

  static final int INCORRECT = 2;

  /** A case is missing, or the evidence is insufficient. */
  static final int INCOMPLETE = 3;

  static final int OTHER_ENVIRONMENT = 4;

  // From here on as in sysexits.h.

  static final int USAGE = 64;
  static final int DATA = 65;
  static final int UNAVAILABLE = 69;
  static final int SOFTWARE = 70;
  static final int IO = 74;

  private ExitCodes() {}
}
