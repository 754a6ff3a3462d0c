package org.leash.benchmarks.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.leash.benchmarks.plan.Contract;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.LogitDistribution;
import org.leash.device.DType;
import org.leash.device.Device;

final class InputsTest {
  private static KernelCase drawn(int rows, int vocab, LogitDistribution distribution) {
    return new KernelCase(Contract.POLICY_GRADIENT, DType.F32, rows, vocab, distribution, 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {32000, 50257, 128256, 151936, 262144})
  void peakedEntropyIsFourTenths(int vocab) {
    try (Device device = Device.cpu();
        Inputs inputs = Inputs.of(device, drawn(192, vocab, LogitDistribution.PEAKED))) {
      double sum = 0;
      int nearlyCertain = 0;
      for (int row = 0; row < inputs.rows(); row++) {
        sum += inputs.entropy(row);
        nearlyCertain += inputs.entropy(row) < 0.1 ? 1 : 0;
      }
      assertThat(sum / inputs.rows()).isEqualTo(0.4, within(0.08));
      assertThat(nearlyCertain).isBetween(30, 135);
    }
  }

  @Test
  void normalEntropyFollowsDeviation() {
    try (Device device = Device.cpu();
        Inputs inputs = Inputs.of(device, drawn(32, 151936, LogitDistribution.NORMAL))) {
      double sum = 0;
      for (int row = 0; row < inputs.rows(); row++) {
        sum += inputs.entropy(row);
      }
      // log V - sigma^2 / 2, of a lognormal with sigma = 2.5.
      assertThat(sum / inputs.rows()).isEqualTo(Math.log(151936) - 3.125, within(0.1));
    }
  }

  @ParameterizedTest
  @EnumSource
  void areReproducibleAndDistinctByRow(LogitDistribution distribution) {
    KernelCase drawn = drawn(4, 1000, distribution);
    try (Device device = Device.cpu();
        Inputs first = Inputs.of(device, drawn);
        Inputs second = Inputs.of(device, drawn)) {
      float[] values = first.logits().toArray();
      assertThat(second.logits().toArray()).isEqualTo(values);
      assertThat(second.columns().targets().toArray())
          .isEqualTo(first.columns().targets().toArray());
      assertThat(second.columns().oldLogprob().toArray())
          .isEqualTo(first.columns().oldLogprob().toArray());

      Set<Float> distinct = new HashSet<>();
      for (float value : values) {
        distinct.add(value);
      }
      assertThat(distinct).hasSizeGreaterThan(values.length * 9 / 10);
    }
  }

  @Test
  void targetsAreSampledFromPolicy() {
    int rows = 4000;
    try (Device device = Device.cpu();
        Inputs inputs = Inputs.of(device, drawn(rows, 50, LogitDistribution.PEAKED))) {
      double probability = 0;
      int hits = 0;
      for (int row = 0; row < rows; row++) {
        var policy = inputs.reference(row);
        int likeliest = 0;
        for (int j = 1; j < 50; j++) {
          likeliest = policy.shifted(j) > policy.shifted(likeliest) ? j : likeliest;
        }
        probability += policy.probability(likeliest);
        hits += inputs.columns().targets().get(row) == likeliest ? 1 : 0;
      }
      // The number of hits has a standard deviation of less than 32.
      assertThat((double) hits).isEqualTo(probability, within(130.0));
    }
  }

  @Test
  void ratiosAreNearOne() {
    int rows = 2000;
    try (Device device = Device.cpu();
        Inputs inputs = Inputs.of(device, drawn(rows, 100, LogitDistribution.PEAKED))) {
      double squares = 0;
      int clipped = 0;
      for (int row = 0; row < rows; row++) {
        var outcome = inputs.outcome(row);
        squares += Math.pow(Math.log(outcome.ratio()), 2);
        clipped += outcome.clipFlags() != 0 ? 1 : 0;
      }
      assertThat(Math.sqrt(squares / rows)).isEqualTo(0.05, within(0.005));
      assertThat(clipped).isLessThan(20);
    }
  }
}
