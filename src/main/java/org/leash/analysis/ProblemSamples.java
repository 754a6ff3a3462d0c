package org.leash.analysis;

import java.util.Map;
import java.util.Objects;

/**
 * Counts over a model's samples of one problem.
 *
 * @param problem its name
 * @param samples how many there are, ≥ 1
 * @param correct how many of them have a correct answer
 * @param correctChains how many of those have a correct chain of thought too; equal to {@code
 *     correct} where chains were not judged
 * @param answers how often each answer was given and whether it is correct; empty where answers
 *     were not recorded. Samples without an answer are in no entry
 */
public record ProblemSamples(
    String problem, int samples, int correct, int correctChains, Map<String, Answer> answers) {

  /**
   * One distinct answer.
   *
   * @param count how many samples gave it, ≥ 1
   * @param correct whether the verifier accepts it
   */
  public record Answer(int count, boolean correct) {}

  /** Checks that the counts can be true. */
  public ProblemSamples {
    Objects.requireNonNull(problem, "problem");
    if (samples < 1 || correct < 0 || correct > samples) {
      throw new IllegalArgumentException(
          "problem %s: %d correct of %d samples".formatted(problem, correct, samples));
    }
    if (correctChains < 0 || correctChains > correct) {
      throw new IllegalArgumentException(
          "problem %s: %d correct chains of %d correct answers"
              .formatted(problem, correctChains, correct));
    }
    answers = Map.copyOf(answers);
    if (answers.values().stream().mapToLong(Answer::count).sum() > samples) {
      throw new IllegalArgumentException(
          "problem %s: more answers than its %d samples".formatted(problem, samples));
    }
  }

  /** A problem whose answers and chains were not recorded. */
  public static ProblemSamples of(String problem, int samples, int correct) {
    return new ProblemSamples(problem, samples, correct, correct, Map.of());
  }
}
