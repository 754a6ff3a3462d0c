package org.leash.conformance;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.leash.conformance.Subjects.Subject;

/**
 * Counts the cases that each variant ran and keeps how far off it was; prints both when all tests
 * of the run are done. A case is one operation on one problem.
 */
final class Tally implements BeforeAllCallback {
  private static final Map<String, Counts> BY_VARIANT = new TreeMap<>();

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
    return BY_VARIANT.computeIfAbsent(subject.name(), name -> new Counts());
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(Tally.class))
        .getOrComputeIfAbsent("report", key -> (AutoCloseable) Tally::print);
  }

  /** Prints a line for each variant, and starts over. */
  static synchronized void print() {
    BY_VARIANT.forEach(
        (name, counts) ->
            System.out.printf(
                "conformance: %-16s %7d cases; f32 errors, mean and largest: logprob %+.1e %.1e,"
                    + " gradient %+.1e %.1e of the row's largest%n",
                name,
                counts.cases,
                counts.logprobs.mean(),
                counts.logprobs.largest,
                counts.gradients.mean(),
                counts.gradients.largest));
    BY_VARIANT.clear();
  }
}
