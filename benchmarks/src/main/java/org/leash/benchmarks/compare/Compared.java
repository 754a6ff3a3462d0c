package org.leash.benchmarks.compare;

import java.util.Optional;
import java.util.OptionalInt;
import org.leash.benchmarks.stats.LogRatio;

/**
 * A pair with what is said of it.
 *
 * @param effect empty unless both sides have a time
 * @param adjustedP Holm's, over the family; NaN where there was no test
 * @param forksNeeded that would probably decide what is inconclusive
 * @param reason of a verdict that is not about times; "" without
 */
public record Compared(
    Pair pair,
    Verdict verdict,
    Optional<LogRatio> effect,
    double adjustedP,
    OptionalInt forksNeeded,
    String reason) {

  /** Change of the time in percent; more is slower. NaN without an effect. */
  public double changePct() {
    return effect.map(each -> 100 * (each.ratio() - 1)).orElse(Double.NaN);
  }
}
