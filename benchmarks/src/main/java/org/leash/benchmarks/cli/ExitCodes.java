package org.leash.benchmarks.cli;

/** What {@code leash-bench} tells the shell; the same in all its commands. */
final class ExitCodes {
  static final int OK = 0;

  /** A regression beyond its threshold; or, of a run, something in it that has no time. */
  static final int FAILED = 1;

  static final int INCORRECT = 2;

  /** Something is missing, or there is not enough evidence. */
  static final int INCOMPLETE = 3;

  static final int OTHER_ENVIRONMENT = 4;

  // From here on as in sysexits.h.

  static final int USAGE = 64;
  static final int DATA = 65;
  static final int SOFTWARE = 70;
  static final int IO = 74;

  private ExitCodes() {}
}
