package org.leash.benchmarks.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.measure.Machine;
import org.leash.benchmarks.measure.Rounds;
import org.leash.benchmarks.measure.Stage;
import org.leash.benchmarks.plan.Contract;
import org.leash.benchmarks.plan.Effort;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.LogitDistribution;
import org.leash.benchmarks.plan.ProcessSetting;
import org.leash.benchmarks.plan.Start;
import org.leash.benchmarks.plan.Suite;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.record.Series;
import org.leash.benchmarks.stats.Quantiles;
import org.leash.device.DType;
import org.leash.environment.Finding;

/**
 * A measurement with a known result: one kernel against itself, in this process, and the ceilings
 * twice. Its error is the machine's noise.
 */
public final class NoiseTrial {
  private static final int ROUNDS = 24;
  private static final int WARMUP_MILLIS = 200;
  private static final int BLOCK_MILLIS = 10;

  /** Above these, differences of a few percent cannot be distinguished from noise. */
  private static final double NOISY_PCT = 1;

  private static final double NOISY_ROUND_PCT = 5;
  private static final double TOO_NOISY_PCT = 3;
  private static final double CEILING_SPREAD_PCT = 10;

  private final List<Row> rows = new ArrayList<>();

  private NoiseTrial() {}

  /** Measures with a number of threads; takes a few seconds. */
  public static List<Finding> symptoms(int threads) {
    return new NoiseTrial().run(threads);
  }

  private List<Finding> run(int threads) {
    Effort effort = new Effort(1, ROUNDS, WARMUP_MILLIS, BLOCK_MILLIS);
    KernelCase kernelCase =
        new KernelCase(
            Contract.TOKEN_STATISTICS, DType.F32, 64, 32768, LogitDistribution.PEAKED, threads);
    try (Stage stage = new Machine(Suite.QUICK, ProcessSetting.PLAIN)) {
      for (int fork = 1; fork <= 2; fork++) {
        stage.measureCeilings(fork, List.of(threads), rows::add);
      }
      stage
          .open(kernelCase, variant -> variant.startsWith("native-"), (variant, reason) -> {})
          .ifPresent(
              openCase -> {
                try (openCase) {
                  Rounds.play(openCase, effort, Start.first(1, 1), rows::add);
                }
              });
    }
    RecordedRun recorded = RecordedRun.of(rows);
    List<Finding> symptoms = new ArrayList<>(ceilings(recorded, threads));
    symptoms.add(noise(recorded, threads));
    return symptoms;
  }

  private static List<Finding> ceilings(RecordedRun run, int threads) {
    List<Finding> symptoms = new ArrayList<>();
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
                          symptoms.add(
                              spread < CEILING_SPREAD_PCT
                                  ? Finding.good(subject, detail)
                                  : Finding.poor(
                                      subject,
                                      detail,
                                      "another process uses memory bandwidth or the processor"));
                        }));
    return symptoms;
  }

  /** Difference between twins by round: the median is the bias, the typical distance the noise. */
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
        subject, "no native kernel could be timed", "see the lines above, then run leash doctor");
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
    String remedy = "stop other processes; use more forks and rounds";
    return bias < TOO_NOISY_PCT
        ? Finding.poor(subject, detail, remedy)
        : Finding.bad(subject, detail, remedy);
  }
}
