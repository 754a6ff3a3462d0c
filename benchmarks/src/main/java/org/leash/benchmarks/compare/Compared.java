package org.leash.benchmarks.compare;

import java.util.Optional;
import java.util.OptionalInt;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.stats.TimeRatio;

/**
 * A pair with its verdict.
 *
 * @param effect the ratio of times; empty unless both sides have one
 * @param adjustedP Holm's p-value over the family; NaN without a test
 * @param forksNeeded number that would probably decide an inconclusive pair
 * @param reason for a verdict that times alone do not explain; or ""
 */
public record Compared(
    Pair pair,
    Verdict verdict,
    Optional<TimeRatio> effect,
    double adjustedP,
    OptionalInt forksNeeded,
    String reason) {

  public Key key() {
    return pair.key();
  }

  public String variant() {
    return key().get("variant");
  }

  /** Change of the time in percent, positive if slower; NaN without an effect. */
  public double changePct() {
    return effect.map(each -> 100 * (each.ratio() - 1)).orElse(Double.NaN);
  }
}
