package org.leash.benchmarks.selftest;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.leash.benchmarks.compare.Compared;
import org.leash.benchmarks.compare.Comparison;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.compare.Terms;
import org.leash.benchmarks.compare.Verdict;
import org.leash.benchmarks.record.RecordedRun;

/**
 * Rates at which a comparison finds a difference in simulated runs of the default effort, five
 * forks of eight rounds. Seeds are fixed, so rates are reproducible.
 */
final class Rates {
  private static final String OPERATION = "entropy";
  private static final int FORKS = 5;
  private static final int ROUNDS = 8;

  /** Size of the family of candidates equal to the base. */
  private static final int FAMILY = 3;

  private static final double BASE_NANOS = 2e6;
  private static final double ANCHOR_NANOS = 7e6;
  private static final Optional<String> ALONE = Optional.empty();
  private static final Optional<String> ANCHOR = Optional.of("anchor");
  private static final long SEED = 20250714;

  private Rates() {}

  /**
   * A rate with its bound.
   *
   * @param atLeast whether the bound is a lower one
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
            pct(runs, random -> between(random, 1, ALONE, none)),
            false,
            5),
        new Rate(
            "the same as multiples of an anchor",
            pct(runs, random -> between(random, 1, ANCHOR, none)),
            false,
            5),
        new Rate(
            "slowdowns of 2 % found between two runs, zone of 1 %",
            pct(fewer, random -> between(random, 1.02, ALONE, zone)), true, 60),
        new Rate(
            "the same as multiples of an anchor",
            pct(fewer, random -> between(random, 1.02, ANCHOR, zone)),
            true,
            90),
        new Rate(
            "slowdowns of 5 % found between two runs, zone of 1 %",
            pct(fewer, random -> between(random, 1.05, ALONE, zone)), true, 99),
        new Rate(
            "undecided slowdowns of 3 % found with as many forks as were asked for, at four times"
                + " the noise",
            forecastPct(fewer), true, 90));
  }

  /** Percentage of runs in which any pair differs. */
  private static double pct(int runs, Function<SplittableRandom, Comparison> draw) {
    long[] seeds = new SplittableRandom(SEED).longs(runs).toArray();
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
    return alongVariants(run, terms);
  }

  private static Comparison alongVariants(SyntheticRun run, Terms terms) {
    return Question.inside(
            run.record(), new Question.Axis("variant", "base"), key -> true, List.of(), terms)
        .answer();
  }

  private static Comparison between(
      SplittableRandom random, double slowdown, Optional<String> anchor, Terms terms) {
    return Question.between(
            ofOneBuild("b", random, BASE_NANOS, anchor),
            ofOneBuild("c", random, BASE_NANOS * slowdown, anchor),
            anchor,
            key -> true,
            List.of(),
            terms)
        .answer();
  }

  private static RecordedRun ofOneBuild(
      String id, SplittableRandom random, double nanos, Optional<String> anchor) {
    SyntheticRun run = synthetic(id, random).with(OPERATION, "v", nanos);
    anchor.ifPresent(name -> run.with(OPERATION, name, ANCHOR_NANOS));
    return run.record();
  }

  /**
   * Percentage of inconclusive runs of a 3 % slowdown whose repetition with the suggested number of
   * forks finds it.
   */
  private static double forecastPct(int runs) {
    List<Boolean> found =
        new SplittableRandom(SEED)
            .longs(runs)
            .parallel()
            .mapToObj(
                seed -> {
                  OptionalInt forks = noisy(seed, FORKS).forksNeeded();
                  return forks.isPresent()
                      ? Optional.of(noisy(seed, forks.getAsInt()).verdict() == Verdict.SLOWER)
                      : Optional.<Boolean>empty();
                })
            .flatMap(Optional::stream)
            .toList();
    return 100.0 * found.stream().filter(each -> each).count() / found.size();
  }

  private static Compared noisy(long seed, int forks) {
    SyntheticRun run =
        new SyntheticRun("r", Noise.LOUD, seed, forks, ROUNDS)
            .newCase()
            .with(OPERATION, "base", BASE_NANOS)
            .withTwin(OPERATION, "base", BASE_NANOS)
            .with(OPERATION, "candidate", 1.03 * BASE_NANOS);
    return alongVariants(run, Terms.DEFAULT).rows().getFirst();
  }

  private static SyntheticRun synthetic(String id, SplittableRandom random) {
    return new SyntheticRun(id, Noise.DESIGN, random.nextLong(), FORKS, ROUNDS).newCase();
  }
}
