package org.leash.benchmarks.compare;

/**
 * Thresholds of a comparison.
 *
 * @param zonePct half width in percent of the zone of ratios that count as equal; widened by the
 *     noise floor
 * @param significance probability of a false alarm in the family
 * @param useFloor whether the noise floor widens the zone
 */
public record Terms(double zonePct, double significance, boolean useFloor) {
  public static final Terms DEFAULT = new Terms(1, 0.05, true);

  public Terms {
    if (!(zonePct >= 0 && zonePct < 100)) {
      throw new IllegalArgumentException(
          "the zone is " + zonePct + " %; it must be at least 0 and below 100");
    }
    if (!(significance > 0 && significance < 1)) {
      throw new IllegalArgumentException(
          "the significance is " + significance + "; it must be between 0 and 1");
    }
  }
}
