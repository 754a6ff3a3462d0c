package org.leash.training.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.leash.device.Device;
import org.leash.reference.RowReference;
import org.leash.training.Contexts;
import org.leash.training.StepClock;
import org.leash.training.task.Task;
import org.leash.training.task.Tasks;

final class PolicyKernelsTest {
  private static final double TEMPERATURE = 0.7;

  /** Five rows in chunks of two. */
  @Test
  void reportsTheStatisticsOfEveryRow() {
    Task task = Tasks.named("digits:4:3:2");
    TabularPolicy policy = TabularPolicy.of(task.base(1));
    Contexts contexts = new Contexts();
    int[] tokens = {2, 0, 3};
    for (int row = 0; row < 5; row++) {
      contexts.add(row % task.prompts(), tokens, 0, row % 3);
    }
    int[] targets = {0, 1, 2, 3, 1};
    double[] entropies = new double[5];
    double[] collisions = new double[5];
    double[] logprobs;
    try (Device device = Device.cpu(1);
        PolicyKernels kernels =
            new PolicyKernels(device, null, policy.vocab(), 2, new StepClock())) {
      logprobs = kernels.logprobs(policy, contexts, targets, TEMPERATURE, entropies, collisions);
      assertThat(kernels.logprobs(policy, contexts, targets, TEMPERATURE, null, null))
          .containsExactly(logprobs);
    }
    for (int row = 0; row < 5; row++) {
      double[] logits = new double[policy.vocab()];
      policy.logits(row % task.prompts(), tokens, row % 3, logits);
      RowReference.Row exact = RowReference.of(logits, (float) TEMPERATURE);
      assertThat(logprobs[row]).isCloseTo(exact.logprob(targets[row]), within(1e-5));
      assertThat(entropies[row]).isCloseTo(exact.entropy(), within(1e-5));
      assertThat(collisions[row]).isCloseTo(exact.collision(), within(1e-5));
    }
  }
}
