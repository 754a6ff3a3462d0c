package org.leash.benchmarks.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Table;
import org.leash.benchmarks.data.RecordedRun;
import org.leash.benchmarks.data.Series;
import org.leash.benchmarks.input.Case;
import org.leash.benchmarks.input.Distribution;
import org.leash.benchmarks.input.Task;
import org.leash.benchmarks.machine.Finding;
import org.leash.benchmarks.stats.Quantiles;
import org.leash.device.DType;

/**
 * A measurement whose result is known: the same kernel against itself, in this process, and the
 * ceilings twice. How far off it comes is what a machine's noise does to a comparison.
 */
public final class Trial {
  private static final int ROUNDS = 24;
  private static final int WARMUP_MILLIS = 200;
  private static final int BLOCK_MILLIS = 10;

  /** Beyond these, differences of a few percent cannot be told from noise. */
  private static final double NOISY_PCT = 1;

  private static final double NOISY_ROUND_PCT = 5;
  private static final double TOO_NOISY_PCT = 3;
  private static final double CEILING_SPREAD_PCT = 10;

  private final List<Row> rows = new ArrayList<>();

  private Trial() {}

  /** Measures with a number of threads; takes a few seconds. */
  public static List<Finding> findings(int threads) {
    return new Trial().run(threads);
  }

  private List<Finding> run(int threads) {
    Effort effort = new Effort(1, ROUNDS, WARMUP_MILLIS, BLOCK_MILLIS);
    Plan plan = new Plan(Suite.QUICK, List.of(threads), Pattern.compile(""), effort);
    Case described =
        new Case(Task.TOKEN_STATISTICS, DType.F32, 64, 32768, Distribution.PEAKED, threads);
    try (Stage stage = new Machine(Suite.QUICK, Setting.PLAIN)) {
      for (int fork = 1; fork <= 2; fork++) {
        Turn turn = Turn.first(fork, fork);
        Fork here = new Fork(plan, Setting.PLAIN, turn, List.of(), true, Set.of());
        stage.measureCeilings(here, new Kept());
      }
      stage
          .open(
              new Plan.Entry.Kernels(described),
              variant -> variant.startsWith("native-"),
              (variant, reason) -> {})
          .ifPresent(
              contest -> {
                try (contest) {
                  Rounds.play(contest, effort, Turn.first(1, 1), new Kept());
                }
              });
    }
    RecordedRun recorded = RecordedRun.of(rows);
    List<Finding> findings = new ArrayList<>(ceilings(recorded, threads));
    findings.add(noise(recorded, threads));
    return findings;
  }

  private static List<Finding> ceilings(RecordedRun run, int threads) {
    List<Finding> findings = new ArrayList<>();
    run.ceilings().stream()
        .filter(each -> each.fork() == 1)
        .forEach(
            first ->
                run.ceilings().stream()
                    .filter(each -> each.fork() == 2 && each.kind().equals(first.kind()))
                    .forEach(
                        second -> {
                          double best = Math.max(first.rate(), second.rate());
                          double spread = 100 * Math.abs(first.rate() - second.rate()) / best;
                          String detail =
                              String.format(
                                  Locale.ROOT,
                                  "%.1f %s, twice within %.1f %%",
                                  best,
                                  first.unit(),
                                  spread);
                          String subject = first.kind() + " ×" + threads;
                          findings.add(
                              spread < CEILING_SPREAD_PCT
                                  ? Finding.good(subject, detail)
                                  : Finding.poor(
                                      subject,
                                      detail,
                                      "something else takes memory bandwidth or the processor"));
                        }));
    return findings;
  }

  /** The twins' difference, round by round: its median is the bias, its middle half the noise. */
  private static Finding noise(RecordedRun run, int threads) {
    String subject = "a/a ×" + threads;
    for (Series twin : run.series()) {
      if (!twin.key().get("role").equals("null") || !twin.isGood()) {
        continue;
      }
      for (Series other : run.series()) {
        boolean same = other.key().get("variant").equals(twin.key().get("variant"));
        if (same && other != twin && other.isGood()) {
          return noise(subject, twin, other);
        }
      }
    }
    return Finding.bad(
        subject, "no native kernel could be timed", "see the lines above; then leash doctor");
  }

  private static Finding noise(String subject, Series twin, Series other) {
    List<Double> pct = new ArrayList<>();
    other
        .nanos()
        .get(1)
        .forEach(
            (round, nanos) -> {
              Double again = twin.nanos().get(1).get(round);
              if (again != null) {
                pct.add(100 * Math.log(again / nanos));
              }
            });
    Quantiles quantiles = Quantiles.of(pct);
    double bias = Math.abs(quantiles.at(0.5));
    double typical = Quantiles.median(pct.stream().map(Math::abs).toList());
    String detail =
        String.format(
            Locale.ROOT,
            "%s against itself differs by %.1f %%, in half of %d rounds by more than %.1f %%",
            other.key().get("variant"),
            bias,
            pct.size(),
            typical);
    if (bias < NOISY_PCT && typical < NOISY_ROUND_PCT) {
      return Finding.good(subject, detail);
    }
    String remedy = "end what else runs; take more forks and rounds";
    return bias < TOO_NOISY_PCT
        ? Finding.poor(subject, detail, remedy)
        : Finding.bad(subject, detail, remedy);
  }

  /** Keeps what comes. */
  private final class Kept implements Sink {
    @Override
    public void append(Row row) {
      rows.add(row);
    }

    @Override
    public void event(String kind, String subject, String detail) {
      rows.add(
          Row.of(Table.EVENTS)
              .set("ts_utc", "now")
              .set("kind", kind)
              .set("subject", subject)
              .set("detail", detail));
    }

    @Override
    public void atWork(Contender.Identity identity) {}
  }
}
