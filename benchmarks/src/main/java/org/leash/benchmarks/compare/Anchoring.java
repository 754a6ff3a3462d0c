package org.leash.benchmarks.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What must be known of a comparison of two runs whose times are told as multiples of an anchor's.
 */
final class Anchoring {
  private Anchoring() {}

  /**
   * The warnings.
   *
   * @throws IllegalArgumentException no pair has the anchor
   */
  static List<String> warnings(String anchor, Comparison answer) {
    List<Compared> timed = answer.rows().stream().filter(row -> row.effect().isPresent()).toList();
    Predicate<Compared> isAnchor = row -> row.pair().key().get("variant").equals(anchor);
    List<Compared> others = timed.stream().filter(isAnchor.negate()).toList();
    long without = others.stream().filter(row -> !isAnchored(row.pair())).count();
    if (without == others.size()) {
      throw new IllegalArgumentException(
          "--anchor: no case has a time of %s in both runs; there are %s"
              .formatted(
                  anchor,
                  others.stream().map(row -> row.pair().key().get("variant")).distinct().toList()));
    }
    List<String> warnings = new ArrayList<>();
    warnings.add(
        "changes are of multiples of %s's time, on trust that it is the same code in both runs"
            .formatted(Labels.plain(anchor)));
    if (without > 0) {
      warnings.add(
          "%d of %d pairs have no time of %s: their times are compared as they are"
              .formatted(without, others.size(), Labels.plain(anchor)));
    }
    long moved =
        timed.stream()
            .filter(isAnchor)
            .filter(row -> row.verdict() == Verdict.FASTER || row.verdict() == Verdict.SLOWER)
            .count();
    if (moved > 0) {
      warnings.add(
          "%s itself takes another time in %d cases: is it the same code, on a machine in the same"
                  .formatted(Labels.plain(anchor), moved)
              + " state?");
    }
    return warnings;
  }

  private static boolean isAnchored(Pair pair) {
    return pair.base().flatMap(Contestant::anchor).isPresent()
        && pair.candidate().flatMap(Contestant::anchor).isPresent();
  }
}
