package org.leash.benchmarks.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.stats.Quantiles;

/**
 * How much the times of identical code differ in a run: a contender and its A/A twin are the same
 * kernel, so that whatever their ratio is, is noise. No smaller difference can be believed.
 *
 * @param logRatios of all twins of the run
 */
public record NoiseFloor(List<Double> logRatios) {
  private static final double PROBABILITY = 0.95;

  /** The floor of a run; of no twins where it has none. */
  static NoiseFloor of(List<Contestant> contestants) {
    Map<List<String>, Contestant> originals = new HashMap<>();
    for (Contestant each : contestants) {
      if (!each.isTwin() && each.isGood()) {
        originals.put(withoutRole(each.key()), each);
      }
    }
    List<Double> ratios = new ArrayList<>();
    for (Contestant twin : contestants) {
      Contestant original = originals.get(withoutRole(twin.key()));
      if (twin.isTwin() && twin.isGood() && original != null) {
        ratios.add(Effects.between(original, twin).mean());
      }
    }
    return new NoiseFloor(List.copyOf(ratios));
  }

  private static List<String> withoutRole(Key key) {
    return Key.COLUMNS.stream().filter(column -> !column.equals("role")).map(key::get).toList();
  }

  /** The 95th percentile of the distance of the twins' ratios from one; empty without twins. */
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
