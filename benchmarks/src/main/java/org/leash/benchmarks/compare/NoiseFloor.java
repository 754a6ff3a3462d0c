package org.leash.benchmarks.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
    List<Double> ratios = new ArrayList<>();
    for (Contestant twin : contestants) {
      if (twin.isTwin() && twin.isGood()) {
        contestants.stream()
            .filter(each -> each.isGood() && isOriginal(each.key(), twin.key()))
            .findFirst()
            .ifPresent(
                original ->
                    ratios.add(Effects.between(original.series(), twin.series(), true).mean()));
      }
    }
    return new NoiseFloor(List.copyOf(ratios));
  }

  private static boolean isOriginal(Key key, Key twin) {
    return Key.COLUMNS.stream()
        .allMatch(
            column -> column.equals("role") != Objects.equals(key.get(column), twin.get(column)));
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
