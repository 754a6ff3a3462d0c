package org.leash.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.leash.analysis.ProblemSamples.Answer;

final class AnswersTest {
  /** Three right, two of one wrong answer, one of another, two without an answer. */
  private static final ProblemSamples MIXED =
      new ProblemSamples(
          "p",
          8,
          3,
          3,
          Map.of("r", new Answer(3, true), "w", new Answer(2, false), "v", new Answer(1, false)));

  @Test
  void entropyIsOfTheAnswersGiven() {
    double expected =
        -(0.5 * Math.log(0.5) + 1.0 / 3 * Math.log(1.0 / 3) + 1.0 / 6 * Math.log(1.0 / 6));
    assertThat(Answers.entropy(MIXED)).isCloseTo(expected, within(1e-15));
    assertThat(Answers.entropy(ProblemSamples.of("q", 4, 1))).isZero();
  }

  /** To the last bit: the order of a map changes from JVM to JVM, and resumed runs must not. */
  @Test
  void entropyDoesNotDependOnTheOrderOfAnswers() {
    Set<Double> entropies = new HashSet<>();
    for (int names = 0; names < 100; names++) {
      Map<String, ProblemSamples.Answer> answers = new HashMap<>();
      for (int i = 1; i <= 12; i++) {
        answers.put(String.format(Locale.ROOT, "%d of %d", i, names), new Answer(i * i, i == 1));
      }
      entropies.add(Answers.entropy(new ProblemSamples("p", 650, 1, 1, answers)));
    }
    assertThat(entropies).hasSize(1);
  }

  @Test
  void majorityOfAllSamplesIsExact() {
    assertThat(Answers.majority(MIXED, 8, 1, 7)).isEqualTo(1);
    ProblemSamples tie =
        new ProblemSamples(
            "t", 6, 2, 2, Map.of("a", new Answer(2, true), "b", new Answer(2, false)));
    assertThat(Answers.majority(tie, 6, 1, 7)).isEqualTo(0.5);
    assertThat(Answers.majority(ProblemSamples.of("q", 4, 1), 4, 1, 7)).isZero();
  }

  @Test
  void majorityOfFewMatchesTheirSubsets() {
    // Of the 28 pairs: r alone or with an empty one 3 + 6, r with a wrong one 9 (half), nothing
    // else.
    double expected = (3 + 6 + 9 * 0.5) / 28;
    assertThat(Answers.majority(MIXED, 2, 200_000, 7)).isCloseTo(expected, within(0.005));
    assertThat(Answers.majority(MIXED, 2, 500, 7)).isEqualTo(Answers.majority(MIXED, 2, 500, 7));
  }

  @Test
  void rejectsImpossibleDraws() {
    assertThatThrownBy(() -> Answers.majority(MIXED, 9, 1, 1)).hasMessageContaining("[1, 8]");
    assertThatThrownBy(() -> Answers.majority(MIXED, 1, 0, 1)).hasMessageContaining("draws = 0");
    assertThatThrownBy(() -> new ProblemSamples("p", 1, 1, 1, Map.of("a", new Answer(2, true))))
        .hasMessageContaining("more answers than its 1 samples");
    assertThatThrownBy(() -> new ProblemSamples("p", 2, 1, 2, Map.of()))
        .hasMessageContaining("2 correct chains of 1");
  }

  @Test
  void tokenEntropyWeighsSequencesAlike() {
    assertThat(Tokens.entropy(List.of(new float[] {1, 1, 1, 1}, new float[] {3})))
        .isCloseTo(2, within(1e-15));
    assertThat(Tokens.perplexity(new float[] {-1, -3})).isCloseTo(Math.exp(2), within(1e-12));
    assertThatThrownBy(() -> Tokens.perplexity(new float[0]))
        .hasMessageContaining("empty sequence");
    assertThatThrownBy(() -> Tokens.entropy(List.of())).hasMessageContaining("no sequences");
  }
}
