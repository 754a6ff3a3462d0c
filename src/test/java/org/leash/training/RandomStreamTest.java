package org.leash.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class RandomStreamTest {
  @Test
  void resumesFromItsState() {
    RandomStream stream = new RandomStream(7, "rollout");
    for (int i = 0; i < 13; i++) {
      stream.nextLong();
    }
    RandomStream resumed = new RandomStream(stream.state());
    for (int i = 0; i < 100; i++) {
      assertThat(resumed.nextLong()).isEqualTo(stream.nextLong());
    }
  }

  @Test
  void differsByPurposeAndSeed() {
    long first = new RandomStream(7, "rollout").nextLong();
    assertThat(first).isNotEqualTo(new RandomStream(7, "order").nextLong());
    assertThat(first).isNotEqualTo(new RandomStream(8, "rollout").nextLong());
  }

  @Test
  void isUniformAndNormal() {
    RandomStream stream = new RandomStream(1, "moments");
    int draws = 200_000;
    int[] counts = new int[7];
    double mean = 0;
    double square = 0;
    double fourth = 0;
    for (int i = 0; i < draws; i++) {
      counts[stream.nextInt(7)]++;
      double normal = stream.nextGaussian();
      mean += normal / draws;
      square += normal * normal / draws;
      fourth += normal * normal * normal * normal / draws;
    }
    // Chi-square with 6 degrees of freedom exceeds 30 with probability 4e-5.
    double chi =
        Arrays.stream(counts).mapToDouble(c -> Math.pow(c - draws / 7.0, 2) / (draws / 7.0)).sum();
    assertThat(chi).isLessThan(30);
    assertThat(mean).isCloseTo(0, within(0.01));
    assertThat(square).isCloseTo(1, within(0.02));
    assertThat(fourth).isCloseTo(3, within(0.15));
  }

  @Test
  void shufflesEveryPermutation() {
    RandomStream stream = new RandomStream(3, "order");
    int[] counts = new int[27];
    for (int i = 0; i < 6000; i++) {
      int[] values = {0, 1, 2};
      stream.shuffle(values);
      counts[values[0] * 9 + values[1] * 3 + values[2]]++;
    }
    assertThat(Arrays.stream(counts).filter(c -> c > 850 && c < 1150).count()).isEqualTo(6);
  }
}
