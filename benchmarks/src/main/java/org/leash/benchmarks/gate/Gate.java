package org.leash.benchmarks.gate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.leash.benchmarks.compare.Compared;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.compare.RecordedContender;
import org.leash.benchmarks.compare.Verdict;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.record.Environment;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.record.Sample;
import org.leash.benchmarks.stats.Estimate;
import org.leash.benchmarks.stats.Quantity;
import org.leash.benchmarks.stats.TimeRatio;

/**
 * Applies a policy to a comparison. A case passes only on evidence: the interval of its ratio lies
 * below the policy's limit. It is a regression if it is proven slower by more than the limit;
 * anything in between needs more forks.
 */
public final class Gate {
  /** Share of throttled blocks that leaves medians unaffected. */
  private static final double FEW = 0.1;

  private final Question question;
  private final GatePolicy policy;
  private final List<GateFinding> findings = new ArrayList<>();

  private Gate(Question question, GatePolicy policy) {
    this.question = question;
    this.policy = policy;
  }

  /**
   * The findings, the most severe first.
   *
   * @param crossEnvironment whether runs of different machines may pass
   */
  public static List<GateFinding> findings(
      Question question, GatePolicy policy, boolean crossEnvironment) {
    Gate gate = new Gate(question, policy);
    if (!crossEnvironment) {
      gate.environment();
    }
    gate.noise();
    gate.throttling(question.candidate());
    gate.cases();
    gate.requiredVariants();
    gate.absolutes();
    return gate.findings.stream()
        .sorted(Comparator.comparing(GateFinding::outcome).reversed())
        .toList();
  }

  /** The outcome of the worst finding, ignoring inconclusive ones if allowed. */
  public static GateOutcome outcome(List<GateFinding> findings, boolean allowInconclusive) {
    return findings.stream()
        .map(GateFinding::outcome)
        .filter(each -> !(allowInconclusive && each == GateOutcome.INCONCLUSIVE))
        .max(Comparator.naturalOrder())
        .orElse(GateOutcome.PASS);
  }

  private void find(GateOutcome outcome, String subject, String reason) {
    findings.add(new GateFinding(outcome, subject, reason, ""));
  }

  private void find(GateOutcome outcome, RecordedContender about, String reason) {
    findings.add(
        new GateFinding(outcome, describe(about.key()), reason, about.time().get("repro")));
  }

  private static String describe(Key key) {
    return Stream.of(
            key.get("op"),
            key.get("variant"),
            key.shape(),
            key.get("dtype_in"),
            key.get("input_dist"),
            key.get("params"))
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(" "));
  }

  private void environment() {
    for (Environment.Difference each : question.obstacles()) {
      find(GateOutcome.INCOMPARABLE, "environment", each.toString());
    }
    if (question.axis().isEmpty()
        && (isUnknown(question.base()) || isUnknown(question.candidate()))) {
      find(
          GateOutcome.INCOMPARABLE,
          "environment",
          "env.csv does not describe the machine (--cross-env overrides)");
    }
  }

  private static boolean isUnknown(RecordedRun run) {
    return run.environment().values(Environment.Scope.PLATFORM).isEmpty();
  }

  private void noise() {
    OptionalDouble floor = question.answer().floor();
    if (floor.isPresent() && 100 * Math.expm1(floor.getAsDouble()) > policy.maxNoiseFloorPct()) {
      find(
          GateOutcome.INCOMPARABLE,
          "noise",
          String.format(
              Locale.ROOT,
              "identical code differs by %.1f %%; the policy allows at most %.1f %%",
              100 * Math.expm1(floor.getAsDouble()),
              policy.maxNoiseFloorPct()));
    }
  }

  private void throttling(RecordedRun run) {
    List<Sample> samples = run.series().stream().flatMap(each -> each.samples().stream()).toList();
    long held = samples.stream().filter(each -> each.sensors().isSlowed()).count();
    if (held > FEW * samples.size()) {
      find(
          GateOutcome.INCOMPARABLE,
          "clock",
          String.format(
              Locale.ROOT,
              "the device was throttled in %d of %d blocks; cool it and measure again",
              held,
              samples.size()));
    }
  }

  private void cases() {
    if (question.answer().rows().isEmpty()) {
      find(GateOutcome.MISSING, "coverage", "nothing to compare");
    }
    for (Compared row : question.answer().rows()) {
      switch (row.verdict()) {
        case INCORRECT ->
            find(GateOutcome.INCORRECT, row.pair().candidate().orElseThrow(), row.reason());
        case MISSING_CAND ->
            find(GateOutcome.MISSING, row.pair().base().orElseThrow(), "missing in the candidate");
        case INVALID -> find(GateOutcome.MISSING, side(row), row.reason());
        case MISSING_BASE -> {
          // New in the candidate.
        }
        case FASTER, SLOWER, SAME, INCONCLUSIVE -> judge(row, row.effect().orElseThrow());
      }
    }
  }

  private static RecordedContender side(Compared row) {
    return row.pair().candidate().or(row.pair()::base).orElseThrow();
  }

  private void judge(Compared row, TimeRatio effect) {
    OptionalDouble allowedPct = policy.maxRegressionPct(row.key().get("op"));
    double allowed =
        Math.max(
            allowedPct.isPresent() ? Math.log1p(allowedPct.getAsDouble() / 100) : 0,
            question.answer().zone());
    boolean shown = effect.mean() + effect.halfWidth() <= allowed;
    if (shown || row.verdict() == Verdict.FASTER) {
      return;
    }
    RecordedContender candidate = row.pair().candidate().orElseThrow();
    String change =
        "%s %s; the limit is +%s %%"
            .formatted(
                Quantity.change(effect),
                Quantity.interval(effect),
                Quantity.significant(100 * Math.expm1(allowed), 2));
    if (row.verdict() == Verdict.SLOWER && effect.mean() > allowed) {
      find(GateOutcome.REGRESSION, candidate, change);
    } else {
      find(
          GateOutcome.INCONCLUSIVE,
          candidate,
          change
              + "; "
              + (row.forksNeeded().isPresent()
                  ? String.format(
                      Locale.ROOT, "about %d forks would decide", row.forksNeeded().getAsInt())
                  : row.reason().isEmpty() ? "measure with more forks" : row.reason()));
    }
  }

  private void requiredVariants() {
    Set<String> operations = new LinkedHashSet<>();
    question.answer().rows().forEach(row -> operations.add(row.key().get("op")));
    for (String operation : operations) {
      for (String variant : policy.requiredVariants(operation)) {
        boolean present =
            question.contenders().stream()
                .anyMatch(
                    each ->
                        each.isGood()
                            && each.key().get("op").equals(operation)
                            && each.key().get("variant").equals(variant));
        if (!present) {
          find(GateOutcome.MISSING, operation + " " + variant, "required, but has no time");
        }
      }
    }
  }

  /** Requirements of the policy for the best candidate of each case, regardless of the base. */
  private void absolutes() {
    Map<String, RecordedContender> best = new LinkedHashMap<>();
    for (RecordedContender each : question.contenders()) {
      if (each.isGood() && !each.key().get("role").equals("peer")) {
        best.merge(
            each.key().caseGroup(), each, (one, other) -> nanos(one) <= nanos(other) ? one : other);
      }
    }
    best.values().forEach(this::ceiling);
    best.values().forEach(this::longest);
  }

  private static double nanos(RecordedContender contender) {
    return contender.nanos().orElseThrow().center();
  }

  private void ceiling(RecordedContender best) {
    OptionalDouble least = policy.minPctCeiling(best.key().get("op"));
    if (least.isEmpty()) {
      return;
    }
    if (best.pctOfCeiling().isEmpty()) {
      find(GateOutcome.MISSING, best, "no ceiling was measured");
    } else if (best.pctOfCeiling().getAsDouble() < least.getAsDouble()) {
      find(
          GateOutcome.REGRESSION,
          best,
          String.format(
              Locale.ROOT,
              "%.1f %% of the ceiling, not %.1f %%",
              best.pctOfCeiling().getAsDouble(),
              least.getAsDouble()));
    }
  }

  private void longest(RecordedContender best) {
    OptionalDouble most = policy.maxAbsMs(best.key().get("op"));
    Estimate nanos = best.nanos().orElseThrow();
    if (most.isPresent() && nanos.center() > 1e6 * most.getAsDouble()) {
      find(
          GateOutcome.REGRESSION,
          best,
          "%s, not %s ms".formatted(Quantity.time(nanos), most.getAsDouble()));
    }
  }
}
