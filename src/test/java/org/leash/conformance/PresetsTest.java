package org.leash.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.leash.conformance.Subjects.Subject;
import org.leash.loss.advantage.Rewards;
import org.leash.loss.advantage.Sequences;
import org.leash.loss.objective.Objective;
import org.leash.loss.objective.TokenColumns;
import org.leash.loss.objective.TokenGradients;
import org.leash.loss.preset.Preset;
import org.leash.reference.BatchReference;
import org.leash.reference.RowReference;
import org.leash.reference.RowReference.Row;

/**
 * Every preset from rewards to the gradient of the logits, fused or in three steps, by every
 * variant, against the double-precision reference.
 */
class PresetsTest {
  private static final int VOCAB = 131;
  private static final double TOLERANCE = 1e-5;
  private static final Rewards REWARDS =
      Rewards.of(new double[] {1, 0, 2, 0, 0, 1, 0, 0, 0})
          .withGreedy(new double[] {1, 1, 1, 1, 0, 0, 0, 0, 0})
          .withSeveral(new double[][] {{1, 0, 1, 0, 0, 1, 0, 0, 0}, {0, 0, 1, 0, 0, 0, 0, 0, 0}});

  private static int cases;

  @AfterAll
  static void print() {
    System.out.printf("losses: %d cases of preset x variant%n", cases);
  }

  @TestFactory
  Stream<DynamicContainer> everyPresetByEveryVariant() {
    return Preset.all().stream()
        .map(
            preset ->
                DynamicContainer.dynamicContainer(
                    preset.name(),
                    Subjects.all().stream()
                        .filter(subject -> Batch.takes(subject, preset.objective(), VOCAB))
                        .map(
                            subject ->
                                DynamicTest.dynamicTest(
                                    subject.toString(), () -> new Step(preset).judge(subject)))));
  }

  /** One batch with its reference results. */
  private static final class Step {
    private final Objective objective;
    private final Sequences sequences;
    private final int tokens;
    private final float[] logits;
    private final int[] targets;
    private final byte[] mask;
    private final Row[] rows;
    private final TokenColumns columns;
    private final TokenGradients expected;

    Step(Preset preset) {
      Random random = new Random(17);
      objective = preset.objective();
      int[] lengths = {1, 4, 2, 3, 5, 2, 3, 1, 4};
      int[] groups = {0, 0, 0, 0, 1, 1, 1, 1, 1};
      tokens = Arrays.stream(lengths).sum();
      boolean[] kept = new boolean[tokens];
      mask = new byte[tokens];
      for (int t = 0; t < tokens; t++) {
        kept[t] = t % 7 != 3;
        mask[t] = (byte) (kept[t] ? 1 : 0);
      }
      sequences = Sequences.of(lengths, groups).masked(kept);
      logits = new float[tokens * VOCAB];
      targets = new int[tokens];
      rows = new Row[tokens];
      double[] logprob = new double[tokens];
      double[] entropy = new double[tokens];
      double[] old = new double[tokens];
      double[] reference = new double[tokens];
      double[] rollout = new double[tokens];
      double[] values = new double[tokens];
      for (int t = 0; t < tokens; t++) {
        double[] row = new double[VOCAB];
        for (int j = 0; j < VOCAB; j++) {
          logits[t * VOCAB + j] = (float) (3.0 * random.nextGaussian());
          row[j] = logits[t * VOCAB + j];
        }
        targets[t] = random.nextInt(VOCAB);
        rows[t] = RowReference.of(row, 1.0);
        logprob[t] = rows[t].logprob(targets[t]);
        entropy[t] = rows[t].entropy();
        old[t] = (float) (logprob[t] + 0.3 * random.nextGaussian());
        reference[t] = (float) (logprob[t] + 0.5 * random.nextGaussian());
        rollout[t] = (float) (old[t] + 0.2 * random.nextGaussian());
        values[t] = random.nextDouble();
      }
      double[] advantage = preset.advantage().of(sequences, REWARDS.withValues(values));
      double[] weight = preset.aggregation().weights(sequences, 8);
      TokenColumns given =
          new TokenColumns(
              sequences,
              logprob,
              entropy,
              rounded(advantage),
              old,
              reference,
              rollout,
              null,
              rounded(weight));
      columns = preset.correction().apply(given, preset.aggregation(), 8);
      expected = BatchReference.evaluate(objective, columns, 1);
    }

    private static double[] rounded(double[] values) {
      return Arrays.stream(values).map(value -> (float) value).toArray();
    }

    void judge(Subject subject) {
      cases++;
      Batch batch = new Batch(objective, logits, VOCAB, targets, columns);
      Batch.Results results = batch.run(subject);
      compare(results.loss(), results.gradient());
    }

    private void compare(double[] loss, float[] gradient) {
      double largest = 0.0;
      for (int t = 0; t < tokens; t++) {
        double value = expected.loss()[t];
        assertThat(loss[t])
            .as("loss of token %d", t)
            .isCloseTo(value, within(TOLERANCE * (1 + Math.abs(value))));
        double[] row =
            mask[t] == 0
                ? new double[VOCAB]
                : rows[t].gradient(
                    targets[t], expected.gradLogprob()[t], expected.gradEntropy()[t], 0.0);
        double scale = Arrays.stream(row).map(Math::abs).max().orElseThrow();
        largest = Math.max(largest, scale);
        for (int j = 0; j < VOCAB; j++) {
          assertThat(Math.abs(gradient[t * VOCAB + j] - row[j]))
              .as("gradient of token %d, logit %d", t, j)
              .isLessThanOrEqualTo(TOLERANCE * scale);
        }
      }
      assertThat(largest).as("a gradient worth the name").isGreaterThan(1e-3);
    }
  }
}
