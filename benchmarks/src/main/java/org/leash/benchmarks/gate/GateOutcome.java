package org.leash.benchmarks.gate;

/** What a gate says, from the least to the most severe; the worst finding decides. */
public enum GateOutcome {
  PASS(0, "every gated case is shown to be no slower, and none is missing"),
  INCONCLUSIVE(3, "the evidence does not suffice"),
  MISSING(3, "a case has no time any more"),
  REGRESSION(1, "a regression beyond the policy is proven"),
  INCORRECT(2, "a candidate computes something wrong"),
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
