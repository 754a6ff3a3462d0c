package org.leash.benchmarks.compare;

/**
 * What counts as a difference.
 *
 * @param zonePct times whose ratio is less than this away from one count as the same; the noise
 *     floor widens it
 * @param significance probability of a false alarm in the whole family
 * @param useFloor false leaves the zone as it is, whatever the noise
 */
public record Terms(double zonePct, double significance, boolean useFloor) {
  public static final Terms DEFAULT = new Terms(1, 0.05, true);

  public Terms {
    if (!(zonePct >= 0 && zonePct < 100)) {
      throw new IllegalArgumentException(
          "the zone is " + zonePct + " %; it is from 0 to below 100");
    }
    if (!(significance > 0 && significance < 1)) {
      throw new IllegalArgumentException(
          "the significance is " + significance + "; it is between 0 and 1");
    }
  }
}
