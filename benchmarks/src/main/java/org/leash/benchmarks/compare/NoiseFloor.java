package org.leash.benchmarks.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.stats.Quantiles;

/**
 * Difference in time of identical code in a run. A contender and its A/A twin are the same kernel,
 * so their ratio is noise; smaller differences are not credible.
 *
 * @param logRatios of all twins of the run
 */
public record NoiseFloor(List<Double> logRatios) {
  private static final double PROBABILITY = 0.95;

  /** The floor of a run, which may have no twins. */
  static NoiseFloor of(List<RecordedContender> contenders) {
    Map<List<String>, RecordedContender> originals = new HashMap<>();
    for (RecordedContender each : contenders) {
      if (!each.isTwin() && each.isGood()) {
        originals.put(withoutRole(each.key()), each);
      }
    }
    List<Double> ratios = new ArrayList<>();
    for (RecordedContender twin : contenders) {
      RecordedContender original = originals.get(withoutRole(twin.key()));
      if (twin.isTwin() && twin.isGood() && original != null) {
        ratios.add(original.timeRatioOf(twin).mean());
      }
    }
    return new NoiseFloor(List.copyOf(ratios));
  }

  private static List<String> withoutRole(Key key) {
    return Key.COLUMNS.stream().filter(column -> !column.equals("role")).map(key::get).toList();
  }

  /** The 95th percentile of the twins' absolute log-ratios; empty without twins. */
  public OptionalDouble distance() {
    return logRatios.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            Quantiles.of(logRatios.stream().map(Math::abs).toList()).at(PROBABILITY));
  }

  /** The wider of two. */
  static OptionalDouble widest(NoiseFloor one, NoiseFloor other) {
    return one.distance().isEmpty()
        ? other.distance()
        : OptionalDouble.of(Math.max(one.distance().getAsDouble(), other.distance().orElse(0)));
  }
}
