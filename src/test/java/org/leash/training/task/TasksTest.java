package org.leash.training.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.leash.training.PrefixTree;
import org.leash.training.RandomStream;
import org.leash.training.policy.TabularPolicy;
import org.leash.training.rollout.Rollouts;
import org.leash.training.rollout.Sampler;

final class TasksTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "rare-modes",
        "equal-modes",
        "wide:128:3",
        "digits:4:4:3",
        "sums:5:5:4",
        "traces:6:3"
      })
  void solutionsAreCorrectAndNamesRoundTrip(String name) {
    Task task = Tasks.named(name);
    assertThat(task.name()).isEqualTo(name);
    RandomStream random = new RandomStream(1, "solutions");
    for (int prompt = 0; prompt < task.prompts(); prompt++) {
      for (int i = 0; i < 20; i++) {
        int[] solution = task.solution(prompt, random);
        assertThat(task.isOver(solution, 0, solution.length)).isTrue();
        Judgement verdict = task.judge(prompt, solution, 0, solution.length);
        assertThat(verdict.correct()).isTrue();
        assertThat(verdict.correctChain()).isTrue();
      }
    }
  }

  @Test
  void judgesDigits() {
    Task task = Tasks.named("digits:4:4:3");
    assertThat(task.judge(2, new int[] {1, 2, 4}, 0, 3))
        .isEqualTo(new Judgement(true, true, true, "12"));
    assertThat(task.judge(3, new int[] {9, 3, 0, 1, 4}, 1, 4))
        .isEqualTo(new Judgement(true, true, true, "301"));
    assertThat(task.judge(2, new int[] {1, 1, 4}, 0, 3).correct()).isFalse();
    // Cut off, and nothing but the end.
    assertThat(task.judge(2, new int[] {1, 1, 1, 0}, 0, 4)).isEqualTo(Judgement.MALFORMED);
    assertThat(task.judge(2, new int[] {4}, 0, 1)).isEqualTo(Judgement.MALFORMED);
  }

  @Test
  void distinguishesCorrectAnswerWithWrongChain() {
    Task task = Tasks.named("sums:5:5:4");
    int[] sums = task.solution(1, new RandomStream(1, "unused"));
    assertThat(task.judge(1, sums, 0, 3).correctChain()).isTrue();
    sums[0] = (sums[0] + 1) % 5;
    Judgement lucky = task.judge(1, sums, 0, 3);
    assertThat(lucky.correct()).isTrue();
    assertThat(lucky.correctChain()).isFalse();
    sums[2] = (sums[2] + 1) % 5;
    assertThat(task.judge(1, sums, 0, 3).correct()).isFalse();
    assertThat(task.referenceAnswer(1)).hasSize(1);
  }

  @Test
  void correctChainMakesCorrectAnswerLikely() {
    Task task = Tasks.named("sums:5:5:4");
    TabularPolicy base = TabularPolicy.of(task.base(1));
    double afterRight = 0;
    double afterWrong = 0;
    double[] p = new double[5];
    for (int prompt = 0; prompt < 5; prompt++) {
      int[] sums = task.solution(prompt, new RandomStream(1, "unused"));
      int answer = task.referenceAnswer(prompt)[0];
      base.probabilities(prompt, sums, 2, p);
      afterRight += p[answer] / 5;
      for (int error = 1; error < 5; error++) {
        sums[1] = (sums[1] + 1) % 5;
        base.probabilities(prompt, sums, 2, p);
        afterWrong += p[answer] / 20;
      }
    }
    assertThat(afterRight).isGreaterThan(2 * afterWrong);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "digits",
        "digits:1",
        "digits:1:2:x",
        "digits:1:2:-3",
        "wide:3:1",
        "sums:0:2:2",
        "digits:99:4:3",
        "digits:99999999999:4:3"
      })
  void rejectsUnknownTasks(String name) {
    assertThatThrownBy(() -> Tasks.named(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rejectsTreeThatDoesNotFit() {
    assertThatThrownBy(() -> TabularPolicy.of(Tasks.named("digits:1:9:40").base(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("take a smaller task");
  }

  @Test
  void enumerationAgreesWithSamples() {
    for (String name : new String[] {"digits:3:3:3", "sums:3:4:4"}) {
      Task task = Tasks.named(name);
      TabularPolicy base = TabularPolicy.of(task.base(5));
      int samples = 20_000;
      for (int prompt = 0; prompt < task.prompts(); prompt++) {
        ExactAnswers exact = ExactAnswers.of(base, task, prompt);
        Rollouts rollouts =
            new Sampler()
                .sample(base, task, new int[] {prompt}, samples, 1, new RandomStream(prompt, name));
        double correct = 0;
        double chains = 0;
        double length = 0;
        for (int i = 0; i < samples; i++) {
          correct += rollouts.verdict(i).correct() ? 1.0 / samples : 0;
          chains += rollouts.verdict(i).correctChain() ? 1.0 / samples : 0;
          length += (double) rollouts.length(i) / samples;
        }
        // Five standard deviations of a share of 20,000 are below 0.018.
        assertThat(correct).isCloseTo(exact.correct(), within(0.018));
        assertThat(chains).isCloseTo(exact.correctChain(), within(0.018));
        assertThat(length).isCloseTo(exact.length(), within(0.04));
        double all =
            exact.answers().values().stream().mapToDouble(ExactAnswers.Mass::probability).sum();
        assertThat(all).isCloseTo(exact.wellFormed(), within(1e-12));
      }
    }
  }

  @Test
  void temperatureSharpens() {
    Task task = Tasks.named("rare-modes");
    TabularPolicy base = TabularPolicy.of(task.base(1));
    int[] draws = new int[2];
    double[] temperatures = {1, 0.5};
    for (int t = 0; t < 2; t++) {
      Rollouts rollouts =
          new Sampler()
              .sample(base, task, new int[] {0}, 20_000, temperatures[t], new RandomStream(1, "t"));
      for (int i = 0; i < rollouts.count(); i++) {
        draws[t] += rollouts.tokens(i)[0] == 3 ? 1 : 0;
      }
    }
    assertThat(draws[0] / 20_000.0).isCloseTo(0.40, within(0.018));
    // 0.4² over the sum of squares.
    double squares =
        0.09 + 0.0225 + 0.001089 + 0.16 + 0.0016 + 0.0018 + 0.000081 + 0.000025 + 0.000009;
    assertThat(draws[1] / 20_000.0).isCloseTo(0.16 / squares, within(0.018));
  }

  @Test
  void greedyTakesTheLikeliest() {
    Task task = Tasks.named("digits:3:4:5");
    TabularPolicy policy = TabularPolicy.of(task.base(7));
    Rollouts greedy = new Sampler().greedy(policy, task, new int[] {2, 0, 1});
    assertThat(greedy.group()).isEqualTo(1);
    assertThat(greedy.count()).isEqualTo(3);
    double[] p = new double[task.vocab()];
    for (int i = 0; i < 3; i++) {
      int[] tokens = greedy.tokens(i);
      for (int length = 0; length < greedy.length(i); length++) {
        policy.probabilities(greedy.prompt(i), tokens, length, p);
        assertThat(p[tokens[length]]).isEqualTo(Arrays.stream(p).max().orElseThrow());
        assertThat(task.isOver(tokens, 0, length + 1)).isEqualTo(length + 1 == greedy.length(i));
        assertThat(greedy.logprobs(i)[length]).isCloseTo(Math.log(p[tokens[length]]), within(1e-6));
      }
      assertThat(greedy.verdict(i))
          .isEqualTo(task.judge(greedy.prompt(i), tokens, 0, greedy.length(i)));
    }
    TabularPolicy uniform = new TabularPolicy(new PrefixTree(3, task.vocab(), task.maxLength()));
    assertThat(new Sampler().greedy(uniform, task, new int[] {0}).tokens(0)).containsOnly(0);
  }

  @Test
  void entropiesOfAKnownPolicy() {
    Task task = Tasks.named("traces:4:3");
    TabularPolicy uniform = new TabularPolicy(new PrefixTree(1, 4, 3));
    ExactAnswers exact = ExactAnswers.of(uniform, task, 0);
    assertThat(exact.tokenEntropy()).isCloseTo(Math.log(4), within(1e-12));
    assertThat(exact.answerEntropy()).isCloseTo(Math.log(4), within(1e-12));
    assertThat(exact.correct()).isCloseTo(0.5, within(1e-12));
    assertThat(exact.passAtK(2)).isCloseTo(0.75, within(1e-12));
    assertThat(exact.support(0.2)).isEqualTo(2);
    assertThat(exact.support(0.25)).isZero();
  }
}
