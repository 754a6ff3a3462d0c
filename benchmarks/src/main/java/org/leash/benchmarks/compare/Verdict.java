package org.leash.benchmarks.compare;

/** Result of a comparison. */
public enum Verdict {
  /** Takes significantly less time, by more than the zone. */
  FASTER("▲"),
  /** Takes significantly more time, by more than the zone. */
  SLOWER("▼"),
  /** The whole interval lies inside the zone: shown to be equivalent. */
  SAME("~"),
  /** Undecided. */
  INCONCLUSIVE("?"),
  /** The base was not measured. */
  MISSING_BASE("+"),
  /** The candidate was not measured. */
  MISSING_CAND("–"),
  /** The candidate's result is wrong, so it has no time. */
  INCORRECT("✗"),
  /** One side has no credible time. */
  INVALID("!");

  private final String symbol;

  Verdict(String symbol) {
    this.symbol = symbol;
  }

  /** One character for output without colour. */
  public String symbol() {
    return symbol;
  }
}
