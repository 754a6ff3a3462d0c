package org.leash.benchmarks.record;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.leash.benchmarks.csv.Key;

/**
 * The least time that the measured ceilings allow, taking the best of all forks. The read ceiling
 * bounds contracts that only read, the update ceiling work in place, the copy ceiling other work;
 * the exp ceiling bounds all of it, at one exponential per logit. The longest of these times is the
 * bound.
 */
public final class Roof {
  private record Limit(String params, String kind) {}

  private final Map<Limit, List<Double>> rates = new HashMap<>();

  private Roof() {}

  /**
   * Bound by one kind of ceiling.
   *
   * @param kind the ceiling
   * @param nanos least time of a launch
   * @param gbps bytes of the least traffic in that time, in GB/s
   */
  public record Bound(String kind, double nanos, double gbps) {}

  public static Roof of(List<Ceiling> ceilings) {
    Roof roof = new Roof();
    for (Ceiling each : ceilings) {
      roof.rates
          .computeIfAbsent(new Limit(each.params(), each.kind()), limit -> new ArrayList<>())
          .add(each.rate());
    }
    return roof;
  }

  /** The bound of a contender; empty if no ceilings were measured. */
  public Optional<Bound> over(Key key) {
    Traffic traffic = Traffic.of(key);
    String memory =
        traffic.bytesWritten() == 0
            ? "read"
            : key.get("inplace").equals("true") ? "update" : "copy";
    List<Bound> bounds = new ArrayList<>();
    bound(key, memory, (double) traffic.bytes(), traffic).ifPresent(bounds::add);
    bound(key, "exp", Traffic.elements(key), traffic).ifPresent(bounds::add);
    return bounds.stream().max(Comparator.comparingDouble(Bound::nanos));
  }

  /**
   * Distance to the ceilings of another run: the largest absolute log-ratio of the kinds that both
   * runs have for these parameters; empty if there are none.
   */
  public OptionalDouble distance(Roof other, String params) {
    return rates.keySet().stream()
        .filter(limit -> limit.params().equals(params) && other.rates.containsKey(limit))
        .mapToDouble(limit -> Math.abs(Math.log(other.best(limit) / best(limit))))
        .max();
  }

  private double best(Limit limit) {
    return Collections.max(rates.get(limit));
  }

  private Optional<Bound> bound(Key key, String kind, double amount, Traffic traffic) {
    return Optional.of(new Limit(key.get("params"), kind))
        .filter(rates::containsKey)
        .map(limit -> amount / best(limit))
        .map(nanos -> new Bound(kind, nanos, traffic.bytes() / nanos));
  }
}
