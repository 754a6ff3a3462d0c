package org.leash.training.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.leash.device.Device;
import org.leash.training.record.RunMetrics;
import org.leash.training.report.RunReport;

/** A run, its files and its report are the same in locales that write numbers in other digits. */
final class LocaleTest {
  private static final TrainingConfig CONFIG =
      TrainingConfig.DEFAULT
          .with("task", "digits:3:3:2")
          .with("seed", 5L)
          .with("prompts", 3)
          .with("minibatches", 2)
          .with("steps", 6)
          .with("evalEvery", 3)
          .with("evalSamples", 4)
          .with("checkpointEvery", 3);

  private static final List<String> FILES =
      List.of(
          "config.json",
          "completions.jsonl",
          "checkpoint-6/model.safetensors",
          "checkpoint-6/optimizer.safetensors",
          "checkpoint-6/rng.json");

  @TempDir Path folder;

  private Path train(String name, int steps, boolean resume, String locale) {
    Path run = folder.resolve(name);
    Locale before = Locale.getDefault();
    try (Device device = Device.cpu(1)) {
      Locale.setDefault(Locale.forLanguageTag(locale));
      new TrainingRun(CONFIG.with("steps", steps), run, resume)
          .execute(device, "java-scalar", (step, figures) -> {});
    } finally {
      Locale.setDefault(before);
    }
    return run;
  }

  private static void assertSame(Path run, Path other) throws IOException {
    for (String file : FILES) {
      assertThat(Files.mismatch(run.resolve(file), other.resolve(file))).as(file).isEqualTo(-1);
    }
    assertThat(TrainerTest.figures(run)).isEqualTo(TrainerTest.figures(other));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "th-TH-u-nu-thai"})
  void trainsTheSamePolicy(String locale) throws IOException {
    Path english = train("english", 6, false, "en-US");
    assertSame(train("local", 6, false, locale), english);
    train("resumed", 3, false, locale);
    assertSame(train("resumed", 6, true, "en-US"), english);
  }

  @Test
  void reportHasAsciiDigits() throws IOException {
    RunMetrics run = RunMetrics.read(train("run", 6, false, "ar-EG"));
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG"));
      assertThat(RunReport.of(List.of(run))).doesNotContainPattern("[\\p{Nd}&&[^0-9]]");
    } finally {
      Locale.setDefault(before);
    }
  }
}
