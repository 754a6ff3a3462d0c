package org.leash.benchmarks.gate;

/** Outcome of a gate, in order of severity. */
public enum GateOutcome {
  PASS(0, "every case is shown to be no slower, and none is missing"),
  INCONCLUSIVE(3, "insufficient evidence"),
  MISSING(3, "a case no longer has a time"),
  REGRESSION(1, "a regression beyond the policy is proven"),
  INCORRECT(2, "a candidate's result is wrong"),
  INCOMPARABLE(4, "the times cannot be compared");

  private final int exitCode;
  private final String meaning;

  GateOutcome(int exitCode, String meaning) {
    this.exitCode = exitCode;
    this.meaning = meaning;
  }

  public int exitCode() {
    return exitCode;
  }

  public String meaning() {
    return meaning;
  }
}
