package org.leash.benchmarks.run;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Status;
import org.leash.benchmarks.stats.Estimate;
import org.leash.benchmarks.stats.Quantiles;

/** All that was sampled and checked of one contender in one contest. */
final class Measured {
  private final Key key;
  private final List<Row> checks = new ArrayList<>();
  private final List<Double> times = new ArrayList<>();

  /** Nanoseconds by fork and round. */
  private final Map<Integer, Map<Integer, Double>> forks = new TreeMap<>();

  Measured(Key key) {
    this.key = key;
  }

  void addSample(Row sample) {
    double nanos = sample.number("time_ns");
    times.add(nanos);
    forks
        .computeIfAbsent((int) sample.number("fork"), fork -> new TreeMap<>())
        .put((int) sample.number("round"), nanos);
  }

  void addCheck(Row check) {
    checks.add(check);
  }

  Key key() {
    return key;
  }

  List<Row> checks() {
    return checks;
  }

  /** The first check that failed. */
  Optional<Row> failure() {
    return checks.stream()
        .filter(check -> !check.get("status").equals(Status.OK.name()))
        .findFirst();
  }

  /** Whether there is a time, and it may be told. */
  boolean isGood() {
    return failure().isEmpty() && !times.isEmpty();
  }

  int rounds() {
    return forks.values().stream().mapToInt(Map::size).sum();
  }

  int samples() {
    return times.size();
  }

  Quantiles quantiles() {
    return Quantiles.of(times);
  }

  /** Nanoseconds of a launch, from the forks' medians. */
  Estimate nanos() {
    return Estimate.of(forks.values().stream().map(Measured::median).toList());
  }

  private static double median(Map<Integer, Double> rounds) {
    return Quantiles.median(rounds.values());
  }

  /**
   * How many times as long as another, from the forks' medians over the rounds in which both had a
   * block: what drifts from round to round and from fork to fork cancels.
   */
  Optional<Estimate> ratioTo(Measured base) {
    List<Double> ratios = new ArrayList<>();
    forks.forEach(
        (fork, rounds) -> {
          Map<Integer, Double> others = base.forks.getOrDefault(fork, Map.of());
          Collection<Double> paired =
              rounds.entrySet().stream()
                  .filter(each -> others.containsKey(each.getKey()))
                  .map(each -> Math.log(each.getValue() / others.get(each.getKey())))
                  .toList();
          if (!paired.isEmpty()) {
            ratios.add(Math.exp(Quantiles.median(paired)));
          }
        });
    return ratios.isEmpty() ? Optional.empty() : Optional.of(Estimate.of(ratios));
  }
}
