package org.leash.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.leash.loss.Kl;
import org.leash.loss.PolicyLoss;
import org.leash.loss.Rollout;
import org.leash.loss.Surrogate;

/** The policies of the suite cover every loss. */
final class PoliciesTest {
  @Test
  void coverEveryLossEstimatorAndTreatment() {
    PolicyLoss[] all =
        IntStream.range(0, Policies.COUNT)
            .mapToObj(i -> Policies.number(i).loss())
            .toArray(PolicyLoss[]::new);
    assertThat(all).extracting(PolicyLoss::surrogate).contains(Surrogate.values());
    assertThat(all).extracting(PolicyLoss::kl).contains(Kl.values());
    assertThat(all).extracting(PolicyLoss::rollout).contains(Rollout.values());
  }
}
