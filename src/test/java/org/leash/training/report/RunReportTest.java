package org.leash.training.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.device.Device;
import org.leash.report.Plot;
import org.leash.training.TrainingConfig;
import org.leash.training.TrainingRun;
import org.leash.training.files.RunMetrics;

final class RunReportTest {
  @TempDir Path folder;

  private RunMetrics train(String name, TrainingConfig config) throws IOException {
    try (Device device = Device.cpu(1)) {
      new TrainingRun(config, folder.resolve(name), false).execute(device, null, (s, f) -> {});
    }
    return RunMetrics.read(folder.resolve(name));
  }

  @Test
  void seedsBecomeOneCurveAndConfigurationsSeveral() throws IOException {
    TrainingConfig config =
        TrainingConfig.DEFAULT
            .with("task", "strategies")
            .with("steps", 30)
            .with("prompts", 4)
            .with("evalEvery", 10)
            .with("evalSamples", 16);
    List<RunMetrics> runs = new ArrayList<>();
    runs.add(train("one", config));
    runs.add(train("two", config.with("seed", 2L)));
    runs.add(train("<b>three", config.with("learningRate", 0.3)));
    String page = RunReport.of(runs);
    assertThat(page)
        .contains("one (2 seeds)")
        .contains("&lt;b&gt;three")
        .doesNotContain("<b>three");
    assertThat(page).contains("pass@k before and after").contains("exact/answer_entropy");
    assertThat(page).doesNotContain("href=\"http").doesNotContain("src=").doesNotContain("<script");
    assertThat(page).doesNotContainPattern("=\"[^\"]*NaN").doesNotContain("Critic");
  }

  @Test
  void aCriticHasASectionOfItsOwn() throws IOException {
    TrainingConfig config =
        TrainingConfig.DEFAULT.with("preset", "ppo").with("steps", 5).with("evalSamples", 4);
    assertThat(RunReport.of(List.of(train("ppo", config))))
        .contains("Critic", "critic/explained_variance", "critic/return_mean");
  }

  @Test
  void theMeanOfSeedsIsDrawn() {
    RunMetrics a =
        new RunMetrics("a", Map.of(), Map.of("x", new TreeMap<>(Map.of(0, 1.0, 1, 3.0))));
    RunMetrics b = new RunMetrics("b", Map.of(), Map.of("x", new TreeMap<>(Map.of(0, 2.0))));
    List<Plot.Point> curve = new Curves("both", List.of(a, b)).curve("x");
    assertThat(curve).hasSize(2);
    assertThat(curve.get(0).y()).isEqualTo(1.5);
    assertThat(curve.get(0).low()).isEqualTo(1);
    assertThat(curve.get(0).high()).isEqualTo(2);
    assertThat(curve.get(1).y()).isEqualTo(3);
  }

  @Test
  void findsTheCrossing() {
    List<Plot.Point> before = List.of(at(1, 0.3), at(4, 0.6), at(16, 0.9));
    List<Plot.Point> after = List.of(at(1, 0.6), at(4, 0.7), at(16, 0.8));
    // Lead 0.1 at 4 and -0.1 at 16: half way in log k.
    assertThat(RunReport.crossing(before, after)).isCloseTo(8, within(1e-9));
    assertThat(RunReport.crossing(after, before)).isNaN();
  }

  private static Plot.Point at(double k, double pass) {
    return new Plot.Point(k, pass, Double.NaN, Double.NaN, "");
  }

  @Test
  void refusesMoreConfigurationsThanColours() {
    List<RunMetrics> runs = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      runs.add(new RunMetrics("r" + i, Map.of("steps", (long) i), Map.of()));
    }
    assertThatThrownBy(() -> RunReport.of(runs)).hasMessageContaining("at most 8");
    assertThatThrownBy(() -> RunReport.of(List.of())).isInstanceOf(IllegalArgumentException.class);
  }
}
