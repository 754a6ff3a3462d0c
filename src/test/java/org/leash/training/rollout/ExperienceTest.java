package org.leash.training.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ExperienceTest {
  /** Two right answers of which the longer one costs, and a right one beside a wrong one. */
  @Test
  void lengthPenaltiesDoNotMakeAGroupMixed() {
    List<double[]> parts = List.of(new double[] {1, 1, 1, 0}, new double[] {0, -0.5, -0.5, 0});
    Rollouts rollouts = new Rollouts(new int[] {0, 1}, 2, 3);
    Experience both =
        new Experience(rollouts, Reward.sum(parts), parts, null, new boolean[rollouts.count()]);
    assertThat(both.mixed()).containsExactly(true, true);
    assertThat(both.mixedWithout(0)).containsExactly(true, true);
    assertThat(both.mixedWithout(1)).containsExactly(false, true);
  }

  /** −½ for its length and ½ less for its answer are not the same, though their sums are. */
  @Test
  void mixedIgnoresCancellingLengthPenalties() {
    List<double[]> parts = List.of(new double[] {1, 0.5}, new double[] {-0.5, 0});
    Rollouts rollouts = new Rollouts(new int[] {0}, 2, 3);
    Experience one = new Experience(rollouts, Reward.sum(parts), parts, null, new boolean[2]);
    assertThat(one.mixed()).containsExactly(false);
    assertThat(one.mixedWithout(1)).containsExactly(true);
  }
}
