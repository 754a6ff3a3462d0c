package org.leash.benchmarks.compare;

/** What a comparison says of a candidate. */
public enum Verdict {
  /** Takes less time, by more than the zone, beyond chance. */
  FASTER("▲"),
  /** Takes more time, by more than the zone, beyond chance. */
  SLOWER("▼"),
  /** The whole interval lies inside the zone: shown to be equivalent. */
  SAME("~"),
  /** Neither is shown. */
  INCONCLUSIVE("?"),
  /** The base was not measured. */
  MISSING_BASE("+"),
  /** The candidate was not measured. */
  MISSING_CAND("–"),
  /** The candidate computed something wrong: it has no time. */
  INCORRECT("✗"),
  /** One side has no believable time. */
  INVALID("!");

  private final String symbol;

  Verdict(String symbol) {
    this.symbol = symbol;
  }

  /** One character that says the same where there is no colour. */
  public String symbol() {
    return symbol;
  }
}
