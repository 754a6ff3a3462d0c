package org.leash.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Reuse of an object for many tokens; {@link PolicyLossTest} has the formulas. */
class TokenLossTest {
  private static final PolicyLoss POLICY =
      PolicyLoss.ppoClip(0.2, 0.28).withRolloutCap(2.0).withEntropy(0.1);

  @Test
  void forgetsPreviousToken() {
    TokenLoss token =
        new TokenLoss()
            .of(-1.0, 0.5)
            .advantage(3.0)
            .weight(0.5)
            .oldLogprob(-2.0)
            .referenceLogprob(-3.0)
            .rolloutLogprob(-9.0)
            .evaluate(POLICY);
    assertThat(token.clipFlags()).isEqualTo(PolicyLoss.CLIPPED_HIGH + PolicyLoss.CLIPPED_ROLLOUT);

    token.of(-1.5, 0.25).evaluate(POLICY);
    assertThat(token.loss()).isEqualTo(-0.025, within(1e-15));
    assertThat(token.ratio()).isEqualTo(1.0);
    assertThat(token.clipFlags()).isZero();
    assertThat(token.gradLogprob()).isZero();
    assertThat(token.gradEntropy()).isEqualTo(-0.1);
    assertThat(token.evaluate(POLICY.withKl(Kl.K1, 1.0)).kl()).as("no reference").isNaN();
  }

  @Test
  void usesLatestAdvantage() {
    TokenLoss token = new TokenLoss().of(-1.5, 0.25).advantage(2.0).evaluate(POLICY);
    assertThat(token.loss()).isEqualTo(-2.025, within(1e-15));
    assertThat(token.advantage(0.0).evaluate(POLICY).loss()).isEqualTo(-0.025, within(1e-15));
  }

  @Test
  void hasNoGradientThroughConstantRatio() {
    TokenLoss token =
        new TokenLoss().of(-1.5, 0.0).advantage(2.0).logRatio(Math.log(1.1), true).evaluate(POLICY);
    assertThat(token.loss()).isEqualTo(-2.2, within(1e-15));
    assertThat(token.gradLogprob()).isZero();
    token.logRatio(Math.log(1.1), false).evaluate(POLICY);
    assertThat(token.gradLogprob()).isEqualTo(-2.2, within(1e-15));
  }
}
