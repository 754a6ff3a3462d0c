package org.leash.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.leash.reference.PolicyReference.Outcome;
import org.leash.reference.RowReference;
import org.leash.reference.RowReference.Row;

/**
 * Expected gradients of the KL estimators for a softmax policy, summed exactly over its samples: 0
 * for k1, the gradient of KL(reference ‖ policy) for k3, and that of KL(policy ‖ reference) for all
 * others but abs, which estimates neither. As values, all except k2 are unbiased estimates of
 * KL(policy ‖ reference).
 */
@ParameterizedClass
@EnumSource(LossCopy.class)
final class KlGradientsTest {
  private static final int VOCAB = 7;

  @Parameter private LossCopy copy;

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE", "ABS"})
  void expectedGradientsMatchDivergences(Kl kl) {
    Random random = new Random(11);
    for (int trial = 0; trial < 20; trial++) {
      Row policy = RowReference.of(logits(random), 1.0);
      Row reference = RowReference.of(logits(random), 1.0);
      PolicyLoss loss = PolicyLoss.importanceWeighted().withKl(kl, 1.0);

      double value = 0.0;
      double reverse = 0.0;
      double[] gradient = new double[VOCAB];
      for (int y = 0; y < VOCAB; y++) {
        double p = policy.probability(y);
        reverse += p * (policy.logprob(y) - reference.logprob(y));
        Outcome outcome =
            copy.evaluate(
                loss, policy.logprob(y), 0.0, 0.0, policy.logprob(y), reference.logprob(y), 1.0);
        value += p * outcome.kl();
        double[] ofSample = policy.gradient(y, outcome.gradLogprob(), 0.0, 0.0);
        for (int j = 0; j < VOCAB; j++) {
          gradient[j] += p * ofSample[j];
        }
      }

      double norm = 0.0;
      for (int j = 0; j < VOCAB; j++) {
        double p = policy.probability(j);
        double ofReverse = p * (policy.logprob(j) - reference.logprob(j) - reverse);
        double ofForward = p - reference.probability(j);
        double expected =
            switch (kl) {
              case NONE, K1 -> 0.0;
              case K3 -> ofForward;
              case K2, K1_CORRECTED, K3_CORRECTED, K1_STRAIGHT, K3_STRAIGHT -> ofReverse;
              case ABS -> throw new AssertionError(kl);
            };
        assertThat(gradient[j]).as("%s, logit %d", kl, j).isCloseTo(expected, within(1e-12));
        norm += Math.abs(ofReverse - ofForward);
      }
      assertThat(norm).as("the two directions differ").isGreaterThan(0.1);
      if (kl != Kl.K2) {
        assertThat(value).isCloseTo(reverse, within(1e-12));
      }
    }
  }

  private static double[] logits(Random random) {
    return random.doubles(VOCAB, -2.0, 2.0).toArray();
  }
}
