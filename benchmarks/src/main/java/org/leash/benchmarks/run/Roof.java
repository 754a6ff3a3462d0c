package org.leash.benchmarks.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.data.Ceiling;

/**
 * The least time that measured ceilings, the best of all forks, allow. Work that only reads is held
 * against the read ceiling, work in place against the update ceiling, work from one place to
 * another against the copy ceiling; all of it against the exp ceiling, with one exponential for
 * each logit, which is the least there can be. What takes longer is the limit.
 */
final class Roof {
  private record Limit(String params, String kind) {}

  private final Map<Limit, List<Double>> rates = new HashMap<>();

  /**
   * The limit of one kind of work.
   *
   * @param kind of the ceiling
   * @param nanos least time of a launch
   */
  record Bound(String kind, double nanos) {}

  static Roof of(List<Ceiling> ceilings) {
    Roof roof = new Roof();
    for (Ceiling each : ceilings) {
      roof.rates
          .computeIfAbsent(new Limit(each.params(), each.kind()), limit -> new ArrayList<>())
          .add(each.rate());
    }
    return roof;
  }

  /** The bound of a contender; empty where no ceilings were measured. */
  Optional<Bound> over(Key key, long bytesRead, long bytesWritten) {
    Ceilings.Kind memory =
        bytesWritten == 0
            ? Ceilings.Kind.READ
            : Boolean.parseBoolean(key.get("inplace")) ? Ceilings.Kind.UPDATE : Ceilings.Kind.COPY;
    double elements = Double.parseDouble(key.get("rows")) * Double.parseDouble(key.get("cols"));
    List<Bound> bounds = new ArrayList<>();
    bound(key, memory, (double) (bytesRead + bytesWritten)).ifPresent(bounds::add);
    bound(key, Ceilings.Kind.EXP, elements).ifPresent(bounds::add);
    return bounds.stream().max(Comparator.comparingDouble(Bound::nanos));
  }

  private Optional<Bound> bound(Key key, Ceilings.Kind kind, double amount) {
    return Optional.ofNullable(rates.get(new Limit(key.get("params"), kind.id())))
        .map(found -> new Bound(kind.id(), amount / Collections.max(found)));
  }
}
