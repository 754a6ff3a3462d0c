package org.leash.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.leash.device.Device;
import org.leash.training.run.Trainer;
import org.leash.training.run.TrainingConfig;

/** Training on a GPU has the same figures as on the CPU in every step. */
final class GpuTrainerTest {
  private static final int STEPS = 3;

  /** One pass over the logits, and statistics with their gradient. */
  @ParameterizedTest
  @CsvSource({
    "grpo, native-naive",
    "grpo, native-two_read",
    "grpo, native-warp",
    "grpo, native-split",
    "grpo, native-auto",
    "gspo, native-warp",
    "gspo, native-auto",
  })
  void matchesTrainingOnCpu(String preset, String variant) {
    TrainingConfig config =
        TrainingConfig.DEFAULT
            .with("task", "digits:4:3:3")
            .with("preset", preset)
            .with("prompts", 3)
            .with("epochs", 2)
            .with("klCoefficient", 0.05)
            .with("entropyCoefficient", 0.01);
    try (Device gpu = Gpus.open(0);
        Device cpu = Device.cpu(1);
        Trainer trainer = new Trainer(config, gpu, variant);
        Trainer expected = new Trainer(config, cpu, "java-scalar")) {
      for (int step = 0; step < STEPS; step++) {
        Map<String, Double> figures = trainer.step();
        expected
            .step()
            .forEach(
                (name, value) -> {
                  if (!name.matches("(time|perf|kernel)/.*")) {
                    assertThat(figures.get(name)).as(name).satisfies(f -> near(f, value));
                  }
                });
      }
      assertThat(trainer.policy().weights())
          .containsExactly(expected.policy().weights(), within(1e-6));
    }
  }

  private static void near(double figure, double expected) {
    if (Double.isNaN(expected)) {
      assertThat(figure).isNaN();
    } else {
      assertThat(figure).isCloseTo(expected, within(1e-6));
    }
  }
}
