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
 * The least time that measured ceilings, the best of all forks, allow. Work that only reads is held
 * against the read ceiling, work in place against the update ceiling, work from one place to
 * another against the copy ceiling; all of it against the exp ceiling, with one exponential for
 * each logit, which is the least there can be. What takes longer is the limit.
 */
public final class Roof {
  private record Limit(String params, String kind) {}

  private final Map<Limit, List<Double>> rates = new HashMap<>();

  private Roof() {}

  /**
   * The limit of one kind of work.
   *
   * @param kind of the ceiling
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

  /** The bound of a contender; empty where no ceilings were measured. */
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
   * How far the ceilings of another run are from these: the largest distance of a logarithmic ratio
   * from zero, of all kinds that both have for contenders of these parameters; empty without any.
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
