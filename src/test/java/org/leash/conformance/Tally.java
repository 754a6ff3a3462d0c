package org.leash.conformance;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;
import org.leash.conformance.Subjects.Subject;

/**
 * Counts the cases that each variant ran and keeps how far off it was, and tells both when a run of
 * tests is done. Where a process runs several, one after the other, the later ones tell the sum so
 * far, of what has changed. A case is one operation on one problem.
 */
public final class Tally implements TestExecutionListener {
  private static final Map<String, Counts> BY_VARIANT = new TreeMap<>();
  private static final Set<String> TOLD = new HashSet<>();

  private static final class Counts {
    long cases;
    final Errors logprobs = new Errors();
    final Errors gradients = new Errors();
  }

  /** Signed errors: a bias hides in a tolerance, but not in their mean. */
  static final class Errors {
    private long count;
    private double sum;
    private double largest;

    void add(double error) {
      count++;
      sum += error;
      largest = Math.max(largest, Math.abs(error));
    }

    double mean() {
      return count == 0 ? 0.0 : sum / count;
    }
  }

  static synchronized void count(Subject subject) {
    counts(subject).cases++;
  }

  /** Errors of f32 log-probabilities, in nats. */
  static Errors logprobs(Subject subject) {
    return counts(subject).logprobs;
  }

  /** Errors of f32 gradients, as a share of the row's largest. */
  static Errors gradients(Subject subject) {
    return counts(subject).gradients;
  }

  private static synchronized Counts counts(Subject subject) {
    return BY_VARIANT.computeIfAbsent(subject.toString(), name -> new Counts());
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    lines().stream().filter(TOLD::add).forEach(System.out::println);
  }

  /** A line for each variant that ran. */
  static synchronized List<String> lines() {
    return BY_VARIANT.entrySet().stream()
        .map(
            each ->
                "conformance: %-25s %7d cases; f32 errors, mean and largest: logprob %+.1e %.1e, gradient %+.1e %.1e of the row's largest"
                    .formatted(
                        each.getKey(),
                        each.getValue().cases,
                        each.getValue().logprobs.mean(),
                        each.getValue().logprobs.largest,
                        each.getValue().gradients.mean(),
                        each.getValue().gradients.largest))
        .toList();
  }
}
