package org.leash.benchmarks.compare;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.leash.benchmarks.stats.Holm;
import org.leash.benchmarks.stats.Quantity;
import org.leash.benchmarks.stats.TimeRatio;

/**
 * A family of pairs and the verdict on each. A candidate is FASTER or SLOWER if the interval of the
 * ratio excludes one, the ratio lies outside the zone, and Holm's p is below the significance; it
 * is the SAME if the whole interval lies inside the zone. If the device's clock was sampled, cycles
 * must differ as well, in the same direction and by more than the zone; otherwise the clock
 * explains the difference. Between two runs the difference must exceed the interval's half width
 * and the {@link Drift}, combined as independent errors.
 */
public final class Comparison {
  private final List<Compared> rows;
  private final Terms terms;
  private final OptionalDouble floor;
  private final Drift drift;

  private Comparison(List<Compared> rows, Terms terms, OptionalDouble floor, Drift drift) {
    this.rows = List.copyOf(rows);
    this.terms = terms;
    this.floor = floor;
    this.drift = drift;
  }

  /**
   * Judges pairs.
   *
   * @param floor largest absolute log-ratio that noise explains; empty if unknown
   */
  static Comparison of(List<Pair> pairs, Terms terms, OptionalDouble floor, Drift drift) {
    List<Optional<TimeRatio>> effects = pairs.stream().map(Comparison::effect).toList();
    double[] p =
        effects.stream().mapToDouble(each -> each.map(TimeRatio::p).orElse(Double.NaN)).toArray();
    double[] adjusted = Holm.adjust(p);
    List<Compared> rows = new ArrayList<>();
    for (int i = 0; i < p.length; i++) {
      Pair pair = pairs.get(i);
      rows.add(
          effects.get(i).isPresent()
              ? judge(pair, effects.get(i).get(), adjusted[i], terms, floor, drift)
              : withoutTimes(pair));
    }
    return new Comparison(rows, terms, floor, drift);
  }

  private static double zone(Terms terms, OptionalDouble floor) {
    double wanted = wantedZone(terms);
    return terms.useFloor() ? Math.max(wanted, floor.orElse(0)) : wanted;
  }

  private static double wantedZone(Terms terms) {
    return Math.log1p(terms.zonePct() / 100);
  }

  private static Optional<TimeRatio> effect(Pair pair) {
    if (pair.base().isEmpty() || pair.candidate().isEmpty()) {
      return Optional.empty();
    }
    RecordedContender base = pair.base().get();
    RecordedContender candidate = pair.candidate().get();
    return base.isGood() && candidate.isGood()
        ? Optional.of(base.timeRatioOf(candidate))
        : Optional.empty();
  }

  private static Compared withoutTimes(Pair pair) {
    if (pair.candidate().isEmpty()) {
      return unjudged(pair, Verdict.MISSING_CAND, "");
    }
    RecordedContender candidate = pair.candidate().get();
    if (candidate.status().isIncorrect()) {
      return unjudged(pair, Verdict.INCORRECT, candidate.complaint());
    }
    if (!candidate.isGood()) {
      return unjudged(pair, Verdict.INVALID, candidate.complaint());
    }
    return pair.base().isEmpty()
        ? unjudged(pair, Verdict.MISSING_BASE, "")
        : unjudged(pair, Verdict.INVALID, "base: " + pair.base().get().complaint());
  }

  private static Compared unjudged(Pair pair, Verdict verdict, String reason) {
    return new Compared(pair, verdict, Optional.empty(), Double.NaN, OptionalInt.empty(), reason);
  }

  private static Compared judge(
      Pair pair, TimeRatio effect, double p, Terms terms, OptionalDouble floor, Drift drift) {
    double zone = zone(terms, floor);
    Verdict verdict = verdict(effect, p, terms, zone);
    String reason = "";
    double change = Math.abs(effect.mean());
    double moved = drift.of(pair).orElse(0);
    String movement = "the ceilings moved by " + Quantity.distance(moved);
    if (verdict == Verdict.FASTER || verdict == Verdict.SLOWER) {
      double cycles = effect.mean() + clockShift(pair);
      if (cycles * Math.signum(effect.mean()) <= zone) {
        verdict = Verdict.INCONCLUSIVE;
        reason = String.format(Locale.ROOT, "clock: %+.1f %% in cycles", 100 * Math.expm1(cycles));
      } else if (change <= Math.hypot(effect.halfWidth(), moved)) {
        verdict = Verdict.INCONCLUSIVE;
        reason = movement;
      }
    } else if (verdict == Verdict.INCONCLUSIVE && effect.forks() < 2) {
      reason = "a single fork has no spread";
    } else if (verdict == Verdict.INCONCLUSIVE && change > zone && change <= moved) {
      reason = movement;
    }
    OptionalInt needed =
        verdict == Verdict.INCONCLUSIVE && reason.isEmpty()
            ? effect.forksToDecide(
                wantedZone(terms),
                terms.useFloor() ? floor.orElse(0) : 0,
                terms.significance() * effect.p() / p)
            : OptionalInt.empty();
    return new Compared(pair, verdict, Optional.of(effect), p, needed, reason);
  }

  /**
   * Log-ratio of the device's clocks, 0 if they are unknown: added to that of the times it is the
   * log-ratio of cycles.
   */
  private static double clockShift(Pair pair) {
    OptionalDouble before = pair.base().orElseThrow().series().clock();
    OptionalDouble after = pair.candidate().orElseThrow().series().clock();
    return before.isPresent() && after.isPresent()
        ? Math.log(after.getAsDouble() / before.getAsDouble())
        : 0;
  }

  private static Verdict verdict(TimeRatio effect, double p, Terms terms, double zone) {
    if (effect.isWithin(zone)) {
      return Verdict.SAME;
    }
    if (effect.excludesEquality() && Math.abs(effect.mean()) > zone && p < terms.significance()) {
      return effect.mean() < 0 ? Verdict.FASTER : Verdict.SLOWER;
    }
    return Verdict.INCONCLUSIVE;
  }

  public List<Compared> rows() {
    return rows;
  }

  public Terms terms() {
    return terms;
  }

  /** The noise floor as a log-ratio; empty if unknown. */
  public OptionalDouble floor() {
    return floor;
  }

  /** Largest drift between the sides of a pair; empty if unknown. */
  public OptionalDouble drift() {
    return drift.widest(rows.stream().map(Compared::pair).toList());
  }

  /** Drift between the sides of one pair. */
  public OptionalDouble drift(Pair pair) {
    return drift.of(pair);
  }

  /** Half width of the zone in use, as a log-ratio. */
  public double zone() {
    return zone(terms, floor);
  }

  /** Number of pairs by verdict. */
  public Map<Verdict, Integer> counts() {
    Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
    rows.forEach(row -> counts.merge(row.verdict(), 1, Integer::sum));
    return counts;
  }

  /** Geometric mean of the ratios; empty unless all rows have one. */
  public static OptionalDouble geometricMean(List<Compared> rows) {
    return rows.isEmpty() || rows.stream().anyMatch(row -> row.effect().isEmpty())
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            Math.exp(
                rows.stream()
                    .mapToDouble(row -> row.effect().orElseThrow().mean())
                    .average()
                    .orElseThrow()));
  }
}
