package org.leash.benchmarks.selftest;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.leash.benchmarks.compare.Comparison;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.compare.Terms;
import org.leash.benchmarks.compare.Verdict;
import org.leash.benchmarks.data.RecordedRun;

/**
 * How often a comparison says that times differ, over many simulated runs of the default effort:
 * five forks of eight rounds. The seeds are fixed, so that a rate is the same each time.
 */
final class Rates {
  private static final String OPERATION = "entropy";
  private static final int FORKS = 5;
  private static final int ROUNDS = 8;

  /** Candidates that are the same as the base: a family, as comparisons come. */
  private static final int FAMILY = 3;

  private static final double BASE_NANOS = 2e6;

  private Rates() {}

  /**
   * A rate with its bound.
   *
   * @param atLeast whether the bound is from below
   */
  record Rate(String what, double pct, boolean atLeast, double bound) {
    boolean isAsItShould() {
      return atLeast ? pct >= bound : pct <= bound;
    }

    String requirement() {
      return String.format(Locale.ROOT, "at %s %.1f %%", atLeast ? "least" : "most", bound);
    }
  }

  static List<Rate> all(int runs) {
    Terms zone = Terms.DEFAULT;
    Terms none = new Terms(0, zone.significance(), false);
    int fewer = Math.max(1, runs / 4);
    return List.of(
        new Rate(
            "A/A runs with a false alarm among three candidates, no zone",
            pct(runs, random -> inside(random, FAMILY, 1, none)),
            false,
            5),
        new Rate(
            "the same with the zone of 1 %",
            pct(runs, random -> inside(random, FAMILY, 1, zone)), false, 0.5),
        new Rate(
            "slowdowns of 2 % found inside a run, zone of 1 %",
            pct(runs, random -> inside(random, 1, 1.02, zone)), true, 99),
        new Rate(
            "A/A pairs of runs with a false alarm, no zone",
            pct(runs, random -> between(random, 1, none)),
            false,
            5),
        new Rate(
            "slowdowns of 2 % found between two runs, zone of 1 %",
            pct(fewer, random -> between(random, 1.02, zone)), true, 60),
        new Rate(
            "slowdowns of 5 % found between two runs, zone of 1 %",
            pct(fewer, random -> between(random, 1.05, zone)), true, 99));
  }

  /** Percent of the runs in which anything is said to differ. */
  private static double pct(int runs, Function<SplittableRandom, Comparison> draw) {
    long[] seeds = new SplittableRandom(20250714).longs(runs).toArray();
    long differing =
        Arrays.stream(seeds)
            .parallel()
            .filter(
                seed ->
                    draw.apply(new SplittableRandom(seed)).rows().stream()
                        .anyMatch(
                            row ->
                                row.verdict() == Verdict.FASTER || row.verdict() == Verdict.SLOWER))
            .count();
    return 100.0 * differing / runs;
  }

  private static Comparison inside(
      SplittableRandom random, int candidates, double slowdown, Terms terms) {
    SyntheticRun run = synthetic("r", random).with(OPERATION, "base", BASE_NANOS);
    for (int i = 0; i < candidates; i++) {
      run.with(OPERATION, "candidate" + i, BASE_NANOS * slowdown);
    }
    return Question.inside(
            run.record(), new Question.Axis("variant", "base"), key -> true, List.of(), terms)
        .answer();
  }

  private static Comparison between(SplittableRandom random, double slowdown, Terms terms) {
    RecordedRun base = synthetic("b", random).with(OPERATION, "v", BASE_NANOS).record();
    RecordedRun candidate =
        synthetic("c", random).with(OPERATION, "v", BASE_NANOS * slowdown).record();
    return Question.between(base, candidate, key -> true, List.of(), terms).answer();
  }

  private static SyntheticRun synthetic(String id, SplittableRandom random) {
    return new SyntheticRun(id, Noise.DESIGN, random.nextLong(), FORKS, ROUNDS).newCase();
  }
}
