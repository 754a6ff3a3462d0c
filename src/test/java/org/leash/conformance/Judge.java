package org.leash.conformance;

import java.util.Locale;
import org.leash.conformance.Subjects.Subject;
import org.leash.conformance.Tally.Errors;
import org.leash.conformance.Trial.Policy;
import org.leash.conformance.Trial.Tokens;
import org.leash.device.DType;
import org.leash.loss.Kl;
import org.leash.operation.Operation;
import org.leash.reference.PolicyReference.Outcome;
import org.leash.reference.RowReference.Row;

/**
 * Compares the results of a variant on a problem with the reference, within {@link Tolerances}. If
 * the reference is NaN or infinite, the result must be equal.
 */
final class Judge {
  private final Subject subject;
  private final Problem problem;
  private final Spec spec;
  private final Errors logprobs;
  private final Errors gradients;
  private String operation = "";

  private Judge(Subject subject, Problem problem, Errors logprobs, Errors gradients) {
    this.subject = subject;
    this.problem = problem;
    this.spec = problem.spec;
    this.logprobs = logprobs;
    this.gradients = gradients;
  }

  /** Runs all operations that support the problem. */
  static void judge(Subject subject, Problem problem) {
    Judge judge = new Judge(subject, problem, Tally.logprobs(subject), Tally.gradients(subject));
    try (Trial trial = new Trial(subject, problem)) {
      judge.all(trial);
    }
  }

  /** Runs only policy_gradient. */
  static void judgeLoss(Subject subject, Problem problem) {
    Judge judge = new Judge(subject, problem, Tally.logprobs(subject), Tally.gradients(subject));
    try (Trial trial = new Trial(subject, problem)) {
      if (judge.starts(Operation.POLICY_GRADIENT)) {
        judge.judge(Operation.POLICY_GRADIENT, trial);
      }
    }
  }

  /** Checks given results of policy_gradient, without counting them. */
  static void judge(Subject subject, Problem problem, Policy actual) {
    Judge judge = new Judge(subject, problem, new Errors(), new Errors());
    judge.operation = Operation.POLICY_GRADIENT.id();
    judge.policyGradient(actual);
  }

  private void all(Trial trial) {
    for (Operation<?> each : Operation.all()) {
      if (starts(each)) {
        judge(each, trial);
      }
    }
  }

  private void judge(Operation<?> each, Trial trial) {
    switch (each.id()) {
      case "log_softmax" -> {
        float[] logprobs = trial.logSoftmax(false);
        logSoftmax(logprobs);
        same(logprobs, trial.logSoftmax(true));
      }
      case "entropy" -> entropy(trial.entropy());
      case "token_statistics" -> tokenStatistics(trial.tokenStatistics(problem.takesCollision()));
      case "logits_gradient" -> {
        float[] gradient = trial.logitsGradient(false);
        logitsGradient(gradient);
        same(gradient, trial.logitsGradient(true));
      }
      case "policy_gradient" -> {
        Policy policy = trial.policyGradient(true);
        policyGradient(policy);
        same(policy.gradient(), trial.policyGradient(false).gradient());
      }
      default -> throw new AssertionError("no conformance test of " + each);
    }
  }

  private boolean starts(Operation<?> next) {
    operation = next.id();
    if (!subject.takes(next, spec.dtype(), spec.vocab())) {
      return false;
    }
    Tally.count(subject);
    return true;
  }

  private void logSoftmax(float[] actual) {
    for (int r = 0; r < spec.rows(); r++) {
      if (problem.isMasked(r)) {
        all(actual, r, 0.0);
        continue;
      }
      double[] expected = problem.logSoftmax(r);
      for (int j = 0; j < spec.vocab(); j++) {
        float value = actual[r * spec.vocab() + j];
        stored("logprob", r, j, value, expected[j], Tolerances.logprob(spec, expected[j]));
        if (spec.dtype() == DType.F32 && Double.isFinite(expected[j])) {
          logprobs.add((value - expected[j]) / Math.max(1.0, -expected[j]));
        }
      }
    }
  }

  private void entropy(float[] actual) {
    for (int r = 0; r < spec.rows(); r++) {
      value("entropy", r, actual[r], problem.isMasked(r) ? 0.0 : problem.row(r).entropy());
    }
  }

  private void tokenStatistics(Tokens actual) {
    for (int r = 0; r < spec.rows(); r++) {
      float max = actual.statistics()[3 * r];
      float logSum = actual.statistics()[3 * r + 1];
      float mean = actual.statistics()[3 * r + 2];
      if (problem.isMasked(r) || problem.isStray(r)) {
        double constant = problem.isMasked(r) ? 0.0 : Double.NaN;
        value("logprob", r, actual.logprob()[r], constant);
        value("entropy", r, actual.entropy()[r], constant);
        value("lse", r, actual.lse()[r], constant);
        value("max", r, max, constant);
        value("log_sum", r, logSum, constant);
        value("mean", r, mean, constant);
        if (actual.collision() != null) {
          value("collision", r, actual.collision()[r], constant);
        }
        continue;
      }
      Row row = problem.row(r);
      double logprob = row.logprob(problem.targets[r]);
      value("logprob", r, actual.logprob()[r], logprob);
      value("entropy", r, actual.entropy()[r], row.entropy());
      value("lse", r, actual.lse()[r], row.lse());
      element("max", r, 0, max, row.maxLogit(), 0.0);
      value("mean", r, mean, row.mean());
      if (actual.collision() != null) {
        double collision = row.collision();
        element("collision", r, 0, actual.collision()[r], collision, Tolerances.F32 * collision);
      }
      // Relative even for small values, as 1 - p of a peaked row depends on them.
      double lost = Tolerances.SMALLEST_TERM * spec.vocab();
      element("log_sum", r, 0, logSum, row.logSum(), Tolerances.F32 * row.logSum() + lost);
      if (row.shifted(problem.targets[r]) == 0.0) {
        element("logprob", r, 0, actual.logprob()[r], logprob, -Tolerances.F32 * logprob + lost);
      }
    }
  }

  private void logitsGradient(float[] actual) {
    for (int r = 0; r < spec.rows(); r++) {
      if (problem.isMasked(r) || problem.isStray(r)) {
        all(actual, r, problem.isMasked(r) ? 0.0 : Double.NaN);
        continue;
      }
      double[] coefficients = {problem.gradLogprob[r], problem.gradEntropy[r], problem.gradLse[r]};
      gradient(actual, r, problem.logitsGradient(r), coefficients);
      sum(actual, r, coefficients[2], coefficients);
    }
  }

  private void policyGradient(Policy actual) {
    for (int r = 0; r < spec.rows(); r++) {
      if (problem.isMasked(r) || problem.isStray(r)) {
        double constant = problem.isMasked(r) ? 0.0 : Double.NaN;
        value("loss", r, actual.loss()[r], constant);
        value("logprob", r, actual.logprob()[r], constant);
        value("entropy", r, actual.entropy()[r], constant);
        value("ratio", r, actual.ratio()[r], constant);
        value("kl", r, actual.kl()[r], constant);
        value("clip flags", r, actual.flags()[r], 0.0);
        all(actual.gradient(), r, constant);
        continue;
      }
      Row row = problem.row(r);
      Outcome outcome = problem.outcome(r);
      value("loss", r, actual.loss()[r], outcome.loss());
      value("logprob", r, actual.logprob()[r], row.logprob(problem.targets[r]));
      value("entropy", r, actual.entropy()[r], row.entropy());
      value("ratio", r, actual.ratio()[r], outcome.ratio());
      if (!Double.isNaN(row.entropy())) {
        // In a NaN row, the KL estimate without an estimator may be NaN, and flags are arbitrary.
        value("kl", r, actual.kl()[r], outcome.kl());
        value("clip flags", r, actual.flags()[r], outcome.clipFlags());
      } else if (problem.policy.loss().kl() != Kl.NONE) {
        value("kl", r, actual.kl()[r], Double.NaN);
      }
      double[] terms = {problem.gradLogprobTerms(r), outcome.gradEntropy(), 0.0};
      gradient(actual.gradient(), r, problem.policyGradient(r), terms);
      sum(actual.gradient(), r, 0.0, terms);
    }
  }

  /**
   * Checks the gradient of a row.
   *
   * @param terms the coefficients of the row's gradient, before cancellation
   */
  private void gradient(float[] actual, int r, double[] expected, double[] terms) {
    double largest = 0.0;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    double lost = Tolerances.lostGradient(problem.row(r), problem.temperatures[r], terms);
    for (int j = 0; j < expected.length; j++) {
      float value = actual[r * spec.vocab() + j];
      boolean single = spec.dtype() == DType.F32;
      double allowed =
          lost + (single ? Tolerances.F32 * largest : Tolerances.half(spec.dtype(), expected[j]));
      boolean isCancelled = Math.abs(value - expected[j]) > allowed;
      if (isCancelled) {
        allowed += single ? largestCancelled(r, terms) : cancelled(r, j, terms);
      }
      stored("gradient", r, j, value, expected[j], allowed);
      if (single && !isCancelled && largest > Tolerances.LEAST_NORMAL) {
        gradients.add((value - expected[j]) / largest);
      }
    }
  }

  private double cancelled(int r, int j, double[] terms) {
    return Tolerances.cancelled(
        problem.row(r), j, problem.targets[r], problem.temperatures[r], terms);
  }

  private double largestCancelled(int r, double[] terms) {
    double largest = 0.0;
    for (int j = 0; j < spec.vocab(); j++) {
      largest = Math.max(largest, cancelled(r, j, terms));
    }
    return largest;
  }

  /** Checks that Σ_j dx_j = g_lse / T, to the accuracy of the terms. */
  private void sum(float[] gradient, int r, double gradLse, double[] terms) {
    if (spec.dtype() != DType.F32 || Double.isNaN(problem.row(r).entropy())) {
      return;
    }
    double sum = 0.0;
    double magnitude = 0.0;
    for (int j = 0; j < spec.vocab(); j++) {
      sum += gradient[r * spec.vocab() + j];
      magnitude += Math.abs(gradient[r * spec.vocab() + j]);
    }
    double expected = gradLse / problem.temperatures[r];
    double allowed =
        Tolerances.F32 * magnitude
            + spec.vocab()
                * Tolerances.lostGradient(problem.row(r), problem.temperatures[r], terms);
    if (Math.abs(sum - expected) > allowed) {
      for (int j = 0; j < spec.vocab(); j++) {
        allowed += cancelled(r, j, terms);
      }
    }
    element("sum of the gradient", r, 0, sum, expected, allowed);
  }

  private void all(float[] actual, int r, double expected) {
    for (int j = 0; j < spec.vocab(); j++) {
      element("element", r, j, actual[r * spec.vocab() + j], expected, 0.0);
    }
  }

  /** Checks a per-row value, always f32. */
  private void value(String name, int r, double actual, double expected) {
    element(name, r, 0, actual, expected, Tolerances.F32 * Math.max(1.0, Math.abs(expected)));
  }

  /** Checks an element of a matrix, infinite if out of range of the type. */
  private void stored(String name, int r, int j, float actual, double expected, double allowed) {
    element(name, r, j, actual, Tolerances.overflow(spec.dtype(), expected), allowed);
  }

  private void element(String name, int r, int j, double actual, double expected, double allowed) {
    boolean good =
        Double.isFinite(expected)
            ? Math.abs(actual - expected) <= allowed
            : Double.compare(actual, expected) == 0;
    if (!good) {
      throw new AssertionError(
          String.format(
              Locale.ROOT,
              "%s by %s on %s: %s[%d][%d] = %s, should be %s within %.3g; target %d, %s",
              operation,
              subject,
              problem,
              name,
              r,
              j,
              actual,
              expected,
              allowed,
              problem.targets[r],
              spec.distributions().get(r % spec.distributions().size())));
    }
  }

  private void same(float[] outOfPlace, float[] inPlace) {
    for (int i = 0; i < outOfPlace.length; i++) {
      if (Float.floatToIntBits(outOfPlace[i]) != Float.floatToIntBits(inPlace[i])) {
        throw new AssertionError(
            String.format(
                Locale.ROOT,
                "%s by %s on %s: [%d][%d] is %s in place and %s out of place",
                operation,
                subject,
                problem,
                i / spec.vocab(),
                i % spec.vocab(),
                inPlace[i],
                outOfPlace[i]));
      }
    }
  }
}
