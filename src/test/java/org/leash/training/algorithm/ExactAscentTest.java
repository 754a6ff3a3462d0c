package org.leash.training.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.leash.analysis.theory.ExactTilt;
import org.leash.training.policy.TabularPolicy;
import org.leash.training.task.Bandit;
import org.leash.training.task.ExactAnswers;
import org.leash.training.task.Task;
import org.leash.training.task.Tasks;

final class ExactAscentTest {
  private static final double[] BASE = {0.2, 0.75, 0.05};
  private static final boolean[] CORRECT = {false, true, true};

  private static double[] trained(ExactAscent.Rule rule, double rate, int steps) {
    Task task = new Bandit("three", 1, BASE, CORRECT);
    TabularPolicy policy = TabularPolicy.of(task.base(1));
    ExactAscent ascent = new ExactAscent(policy, task, rule);
    for (int i = 0; i < steps; i++) {
      ascent.step(rate);
    }
    double[] probabilities = new double[3];
    policy.probabilities(0, new int[0], 0, probabilities);
    return probabilities;
  }

  @Test
  void gradientShrinksTheRareCorrectMode() {
    double[] p = trained(ExactAscent.Rule.GRADIENT, 0.5, 3000);
    assertThat(p[0]).isLessThan(0.01);
    assertThat(p[1]).isGreaterThan(0.98);
    assertThat(p[2]).isLessThan(0.05 / 5);
  }

  @Test
  void naturalGradientKeepsTheRatioOfCorrectModes() {
    double[] p = trained(ExactAscent.Rule.NATURAL, 0.5, 300);
    assertThat(p[0]).isLessThan(1e-9);
    assertThat(p[1]).isCloseTo(0.9375, within(1e-9));
    assertThat(p[2]).isCloseTo(0.0625, within(1e-9));
  }

  @Test
  void mirrorDescentIsTheExactTilt() {
    double[] p = trained(ExactAscent.Rule.MIRROR, 0.25, 8);
    double[] tilted = new ExactTilt(BASE, CORRECT).policy(2.0);
    for (int i = 0; i < 3; i++) {
      assertThat(p[i]).isCloseTo(tilted[i], within(1e-12));
    }
  }

  @Test
  void mirrorDescentIsTheExactTiltOfCompletionsToo() {
    Task task = Tasks.named("digits:2:3:3");
    TabularPolicy policy = TabularPolicy.of(task.base(3));
    ExactAnswers before = ExactAnswers.of(policy, task, 1);
    new ExactAscent(policy, task, ExactAscent.Rule.MIRROR).step(1.5);
    ExactAnswers after = ExactAnswers.of(policy, task, 1);
    double z = Math.exp(1.5) * before.correct() + 1 - before.correct();
    before
        .answers()
        .forEach(
            (answer, mass) ->
                assertThat(after.answers().get(answer).probability())
                    .isCloseTo(
                        mass.probability() * (mass.correct() ? Math.exp(1.5) : 1) / z,
                        within(1e-12)));
  }

  @Test
  void gradientMatchesFiniteDifferencesOfExpectedReward() {
    Task task = Tasks.named("digits:2:2:2");
    TabularPolicy policy = TabularPolicy.of(task.base(4));
    TabularPolicy stepped = policy.copy();
    new ExactAscent(stepped, task, ExactAscent.Rule.GRADIENT).step(1);
    double h = 1e-5;
    for (int i = 0; i < policy.weights().length; i++) {
      double weight = policy.weights()[i];
      policy.weights()[i] = weight + h;
      double above = expected(policy, task);
      policy.weights()[i] = weight - h;
      double below = expected(policy, task);
      policy.weights()[i] = weight;
      assertThat(stepped.weights()[i] - weight).isCloseTo((above - below) / (2 * h), within(1e-9));
    }
  }

  private static double expected(TabularPolicy policy, Task task) {
    double sum = 0;
    for (int prompt = 0; prompt < task.prompts(); prompt++) {
      sum += ExactAnswers.of(policy, task, prompt).correct();
    }
    return sum;
  }
}
