package org.leash.benchmarks.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.leash.benchmarks.csv.Key;

/** Requirements and warnings of a comparison in multiples of an anchor's time. */
final class Anchoring {
  private Anchoring() {}

  /**
   * Requires that a run contains the anchor, with or without a time.
   *
   * @throws IllegalArgumentException it does not
   */
  static void require(String anchor, List<RecordedContender> run) {
    List<String> variants =
        run.stream().map(each -> each.key().get("variant")).distinct().sorted().toList();
    if (!variants.contains(anchor)) {
      throw new IllegalArgumentException(
          "--anchor: run %s has no %s; it has %s"
              .formatted(
                  run.isEmpty() ? "without contenders" : run.getFirst().runId(), anchor, variants));
    }
  }

  /** Whether a contender is the anchor, not its A/A twin. */
  static boolean isAnchor(Key key, String anchor) {
    return key.get("variant").equals(anchor) && !key.get("role").equals("null");
  }

  /** The warnings. */
  static List<String> warnings(String anchor, Comparison answer) {
    List<Compared> timed = answer.rows().stream().filter(row -> row.effect().isPresent()).toList();
    Predicate<Compared> isAnchor = row -> isAnchor(row.key(), anchor);
    List<Compared> others = timed.stream().filter(isAnchor.negate()).toList();
    long without = others.stream().filter(row -> !isAnchored(row.pair())).count();
    List<String> warnings = new ArrayList<>();
    if (without < others.size()) {
      warnings.add(
          "changes are in multiples of %s's time, assuming that its code is the same in both runs"
              .formatted(anchor));
    }
    if (without > 0) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "%d of %d pairs have no time of %s; their own times are compared",
              without,
              others.size(),
              anchor));
    }
    long moved =
        timed.stream()
            .filter(isAnchor)
            .filter(row -> row.verdict() == Verdict.FASTER || row.verdict() == Verdict.SLOWER)
            .count();
    if (moved > 0) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "%s itself has changed in %d cases:"
                  + " is it the same code, on a machine in the same state?",
              anchor,
              moved));
    }
    return warnings;
  }

  /** Whether both sides of a pair have a time of the anchor. */
  static boolean isAnchored(Pair pair) {
    return pair.base().flatMap(RecordedContender::anchor).isPresent()
        && pair.candidate().flatMap(RecordedContender::anchor).isPresent();
  }
}
