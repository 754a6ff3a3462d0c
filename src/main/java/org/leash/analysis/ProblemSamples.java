package org.leash.analysis;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Counts over a model's samples of one problem.
 *
 * @param problem name of the problem
 * @param samples number of samples, ≥ 1
 * @param correct number of samples with a correct answer
 * @param correctChains number of samples with a correct answer and chain of thought; equal to
 *     {@code correct} if chains were not judged
 * @param answers the distinct answers, without samples that have none; empty if answers were not
 *     recorded
 */
public record ProblemSamples(
    String problem, int samples, int correct, int correctChains, Map<String, Answer> answers) {

  /**
   * One distinct answer.
   *
   * @param count number of samples with this answer, ≥ 1
   * @param correct whether the verifier accepts the answer
   */
  public record Answer(int count, boolean correct) {}

  /** Checks that the counts are consistent. */
  public ProblemSamples {
    Objects.requireNonNull(problem, "problem");
    if (samples < 1 || correct < 0 || correct > samples) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "problem %s: %d correct of %d samples", problem, correct, samples));
    }
    if (correctChains < 0 || correctChains > correct) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "problem %s: %d correct chains of %d correct answers",
              problem,
              correctChains,
              correct));
    }
    answers = Map.copyOf(answers);
    if (answers.values().stream().mapToLong(Answer::count).sum() > samples) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "problem %s: more answers than its %d samples", problem, samples));
    }
  }

  /** A problem without recorded answers and chains. */
  public static ProblemSamples of(String problem, int samples, int correct) {
    return new ProblemSamples(problem, samples, correct, correct, Map.of());
  }
}
