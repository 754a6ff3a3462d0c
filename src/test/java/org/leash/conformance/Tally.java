package org.leash.conformance;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;
import org.leash.conformance.Subjects.Subject;

/**
 * Counts the cases run by each variant, records their errors, and prints both at the end of a test
 * run. If a process has several runs, later ones print the running totals that have changed. A case
 * is one operation on one problem.
 */
public final class Tally implements TestExecutionListener {
  private static final Map<String, Counts> BY_VARIANT = new TreeMap<>();
  private static final Set<String> TOLD = new HashSet<>();

  private static final class Counts {
    long cases;
    final Errors logprobs = new Errors();
    final Errors gradients = new Errors();
  }

  /** Signed errors, as their mean reveals a bias within the tolerance. */
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

  /** Errors of f32 gradients, relative to the largest of the row. */
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

  /** One line per variant. */
  static synchronized List<String> lines() {
    return BY_VARIANT.entrySet().stream()
        .map(
            each ->
                String.format(
                    Locale.ROOT,
                    "conformance: %-25s %7d cases; f32 errors, mean and largest: logprob %+.1e"
                        + " %.1e, gradient %+.1e %.1e of the row's largest",
                    each.getKey(),
                    each.getValue().cases,
                    each.getValue().logprobs.mean(),
                    each.getValue().logprobs.largest,
                    each.getValue().gradients.mean(),
                    each.getValue().gradients.largest))
        .toList();
  }
}
