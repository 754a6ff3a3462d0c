package org.leash.benchmarks.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.leash.BadPathException;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.gate.Gate;
import org.leash.benchmarks.gate.GateFinding;
import org.leash.benchmarks.gate.GateOutcome;
import org.leash.benchmarks.gate.GatePolicy;
import org.leash.benchmarks.record.RecordedRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Decides by its exit code whether a candidate passes. */
@Command(
    name = "gate",
    description = {
      "Decides by its exit code whether a candidate passes.",
      "With --run, base and candidate are variants of that run, timed in the same forks, which"
          + " detects far smaller differences."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes (of several, the last one in 0 3 1 2 4):%n",
    exitCodeList = {
      "0:every case is shown to be no slower than the policy allows, and none is missing",
      "1:a regression beyond the policy is proven",
      "2:a candidate's result is wrong",
      "3:a case is missing or has no time, or the evidence is insufficient",
      "4:the times cannot be compared: another environment, too much noise, a throttled device",
      "64:an option or its value is invalid",
      "65:the content of a file is invalid",
      "74:a file cannot be read or written"
    })
final class GateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--base",
      required = true,
      paramLabel = "DIR",
      description = "run (with --run: variant) to compare with")
  private String base;

  @Option(
      names = "--cand",
      required = true,
      paramLabel = "DIR",
      description = "run (with --run: variant) to be gated")
  private String candidate;

  @Option(names = "--run", paramLabel = "DIR", description = "the run with both variants")
  private Path run;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = {
        "properties: max_regression_pct, min_pct_ceiling, max_abs_ms, required_variants for all"
            + " operations, OPERATION.max_regression_pct and so on for one; max_noise_floor_pct"
      })
  private Path policyFile;

  @Option(
      names = "--allow-inconclusive",
      description = "let inconclusive cases pass; a case without a time still exits with 3")
  private boolean allowInconclusive;

  @Mixin private ComparisonOptions options;
  @Mixin private Output output;

  @Override
  public Integer call() {
    GatePolicy policy = policyFile == null ? GatePolicy.none() : GatePolicy.read(policyFile);
    Question question = question();
    List<GateFinding> findings = Gate.findings(question, policy, options.crossEnvironment());
    GateOutcome outcome = Gate.outcome(findings, allowInconclusive);
    output.write(spec, text(question, findings, outcome));
    return outcome.exitCode();
  }

  private Question question() {
    if (run == null) {
      return options.between(
          RecordedRun.read(BadPathException.parse(base)),
          RecordedRun.read(BadPathException.parse(candidate)));
    }
    return options.ofVariants(RecordedRun.read(run), base, candidate);
  }

  private static String text(Question question, List<GateFinding> findings, GateOutcome outcome) {
    StringBuilder text = new StringBuilder();
    for (GateFinding each : findings) {
      text.append("%-12s %s: %s\n".formatted(each.outcome(), each.subject(), each.reason()));
      if (!each.repro().isEmpty()) {
        text.append("             ").append(each.repro()).append('\n');
      }
    }
    question.warnings().forEach(each -> text.append("warning: ").append(each).append('\n'));
    return text.append(
            String.format(
                Locale.ROOT,
                "gate: %s (%d pairs, %d findings): %s; exit %d\n",
                outcome,
                question.answer().rows().size(),
                findings.size(),
                outcome.meaning(),
                outcome.exitCode()))
        .toString();
  }
}
