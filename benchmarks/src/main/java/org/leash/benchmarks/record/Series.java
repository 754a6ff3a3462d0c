package org.leash.benchmarks.record;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.ResultStatus;
import org.leash.benchmarks.stats.Estimate;
import org.leash.benchmarks.stats.Quantiles;

/** The samples and checks of one contender in one case. */
public final class Series {
  private final Key key;
  private final List<Sample> samples = new ArrayList<>();
  private final List<RecordedCheck> checks = new ArrayList<>();

  /** Nanoseconds of a launch by fork and round. */
  private final NavigableMap<Integer, NavigableMap<Integer, Double>> nanos = new TreeMap<>();

  Series(Key key) {
    this.key = key;
  }

  /**
   * A series in memory.
   *
   * @throws IllegalArgumentException two samples are of the same round of the same fork
   */
  public Series(Key key, List<Sample> samples, List<RecordedCheck> checks) {
    this(key);
    for (Sample sample : samples) {
      if (!add(sample)) {
        throw new IllegalArgumentException("two samples of a round: " + sample);
      }
    }
    this.checks.addAll(checks);
  }

  /** Adds a sample; false if the fork has one in that round already. */
  boolean add(Sample sample) {
    samples.add(sample);
    return sample.status() != ResultStatus.OK
        || nanos
                .computeIfAbsent(sample.fork(), fork -> new TreeMap<>())
                .put(sample.round(), sample.timeNs())
            == null;
  }

  void add(RecordedCheck check) {
    checks.add(check);
  }

  public Key key() {
    return key;
  }

  /** Samples in the order of measurement. */
  public List<Sample> samples() {
    return Collections.unmodifiableList(samples);
  }

  public List<RecordedCheck> checks() {
    return Collections.unmodifiableList(checks);
  }

  /** The first check that failed. */
  public Optional<RecordedCheck> failure() {
    return checks.stream().filter(check -> check.status() != ResultStatus.OK).findFirst();
  }

  /** The first failure, SKIPPED without samples, or OK. */
  public ResultStatus status() {
    return failure()
        .map(RecordedCheck::status)
        .orElseGet(
            () -> {
              if (samples.isEmpty()) {
                return ResultStatus.SKIPPED;
              }
              return nanos.isEmpty() ? ResultStatus.INVALID : ResultStatus.OK;
            });
  }

  /** Reason for the status; "" if OK. */
  public String reason() {
    return switch (status()) {
      case OK -> "";
      case SKIPPED -> failure().map(RecordedCheck::reason).orElse("no time was taken");
      default -> failure().map(RecordedCheck::reason).orElse("no sample can be used");
    };
  }

  /** Whether there is a valid time. */
  public boolean isGood() {
    return status() == ResultStatus.OK;
  }

  /** Nanoseconds per launch by fork and round, of valid samples. */
  public NavigableMap<Integer, NavigableMap<Integer, Double>> nanos() {
    return Collections.unmodifiableNavigableMap(nanos);
  }

  public int rounds() {
    return nanos.values().stream().mapToInt(Map::size).sum();
  }

  /** Quantiles of all valid samples. */
  public Quantiles quantiles() {
    return Quantiles.of(nanos.values().stream().flatMap(each -> each.values().stream()).toList());
  }

  /** Nanoseconds per launch, estimated from the forks' medians. */
  public Estimate estimate() {
    return Estimate.of(
        nanos.values().stream().map(each -> Quantiles.median(each.values())).toList());
  }

  /**
   * Per fork, the median log-ratio to another series over the rounds that both have. Drift between
   * rounds and forks cancels.
   */
  public double[] logRatiosTo(Series base) {
    List<Double> ratios = new ArrayList<>();
    nanos.forEach(
        (fork, rounds) -> {
          Map<Integer, Double> others =
              base.nanos.getOrDefault(fork, Collections.emptyNavigableMap());
          List<Double> paired =
              rounds.entrySet().stream()
                  .filter(each -> others.containsKey(each.getKey()))
                  .map(each -> Math.log(each.getValue() / others.get(each.getKey())))
                  .toList();
          if (!paired.isEmpty()) {
            ratios.add(Quantiles.median(paired));
          }
        });
    return ratios.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Logarithm of each fork's median. */
  public double[] logMedians() {
    return nanos.values().stream()
        .mapToDouble(rounds -> Math.log(Quantiles.median(rounds.values())))
        .toArray();
  }

  /** The median clock of the device in MHz; empty unless every block has one. */
  public OptionalDouble clock() {
    List<Double> clocks = samples.stream().map(each -> each.sensors().smClockMhz()).toList();
    return clocks.stream().allMatch(clock -> clock > 0)
        ? OptionalDouble.of(Quantiles.median(clocks))
        : OptionalDouble.empty();
  }

  /** Ratio to another series; empty if they share no round. */
  public Optional<Estimate> ratioTo(Series base) {
    List<Double> ratios = Arrays.stream(logRatiosTo(base)).map(Math::exp).boxed().toList();
    return ratios.isEmpty() ? Optional.empty() : Optional.of(Estimate.of(ratios));
  }

  @Override
  public String toString() {
    return key.values().toString();
  }
}
