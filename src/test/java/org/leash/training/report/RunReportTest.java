package org.leash.training.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.device.Device;
import org.leash.report.Plot;
import org.leash.training.record.RunMetrics;
import org.leash.training.run.TrainingConfig;
import org.leash.training.run.TrainingRun;

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
  void criticHasItsOwnSection() throws IOException {
    TrainingConfig config =
        TrainingConfig.DEFAULT.with("preset", "ppo").with("steps", 5).with("evalSamples", 4);
    assertThat(RunReport.of(List.of(train("ppo", config))))
        .contains("Critic", "critic/explained_variance", "critic/return_mean");
  }

  @Test
  void drawsTheMeanOfSeeds() {
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

  /** Evaluations every 50 of 200 steps stand at their own steps, whatever is gathered. */
  @Test
  void pointsAreCentredOnTheirSteps() {
    TreeMap<Integer, Double> rare = new TreeMap<>(Map.of(0, 0.1, 50, 0.2, 200, 0.4));
    TreeMap<Integer, Double> every = new TreeMap<>();
    for (int step = 1; step <= 200; step++) {
      every.put(step, (double) step);
    }
    Curves run =
        new Curves("a", List.of(new RunMetrics("a", Map.of(), Map.of("r", rare, "e", every))));
    assertThat(run.curve("r")).extracting(Plot.Point::x).containsExactly(0.0, 50.0, 200.0);
    assertThat(run.curve("e").size()).isBetween(30, 41);
    assertThat(run.curve("e")).allSatisfy(point -> assertThat(point.y()).isEqualTo(point.x()));
    assertThat(run.curve("e").getFirst().title()).startsWith("a, steps 1 to 6: ");
  }

  @Test
  void seriesHaveDistinctNames() {
    RunMetrics one = new RunMetrics("run-seed-1", Map.of("preset", "grpo", "seed", 1L), Map.of());
    RunMetrics two = new RunMetrics("run-seed-2", Map.of("preset", "grpo", "seed", 2L), Map.of());
    RunMetrics other = new RunMetrics("run-seed-1", Map.of("preset", "dapo", "seed", 1L), Map.of());
    assertThat(Curves.of(List.of(one, two)))
        .extracting(Curves::name)
        .containsExactly("run (2 seeds)");
    assertThat(Curves.of(List.of(one, other)))
        .extracting(Curves::name)
        .containsExactly("run-seed-1: preset grpo", "run-seed-1: preset dapo");
  }

  /** Of regions that changed, what the folder says; the flows bear names and amounts. */
  @Test
  void drawsTheFlowsOfTheSupport() {
    Map<String, NavigableMap<Integer, Double>> figures = new TreeMap<>();
    double[] after = {3, 0.25, 1.5, 0};
    String[] regions = {"preserved", "expanded", "shrunk", "outside"};
    for (int i = 0; i < 4; i++) {
      figures.put("support/n_" + regions[i] + "@k=64", new TreeMap<>(Map.of(0, 9.0, 7, after[i])));
    }
    figures.put("support/srr@k=64", new TreeMap<>(Map.of(0, 1.0, 7, 2.0 / 3)));
    String page = RunReport.of(List.of(new RunMetrics("<b>", Map.of(), figures)));
    assertThat(page)
        .contains(">preserved 3<", ">expanded 0.3<", ">shrunk 1.5<", "0.667")
        .contains("within: prompts with a right answer among 64 samples")
        .doesNotContain(">outside 0", "<b><");

    figures.put("support/srr@k=many", figures.remove("support/srr@k=64"));
    assertThat(RunReport.of(List.of(new RunMetrics("run", Map.of(), figures))))
        .contains(">preserved 3<")
        .doesNotContain("within: ");
  }

  @Test
  void findsTheCrossing() {
    List<Plot.Point> before = List.of(at(1, 0.3), at(4, 0.6), at(16, 0.9));
    List<Plot.Point> after = List.of(at(1, 0.6), at(4, 0.7), at(16, 0.8));
    // Lead 0.1 at 4 and -0.1 at 16: half way in log k.
    assertThat(PassCurves.crossing(before, after).orElseThrow()).isCloseTo(8, within(1e-9));
    assertThat(PassCurves.crossing(after, before)).isEmpty();
    // A tie on the way is no crossing yet, but does not hide the one that follows.
    List<Plot.Point> tied = List.of(at(1, 0.6), at(4, 0.6), at(16, 0.6));
    assertThat(PassCurves.crossing(before, tied).orElseThrow()).isCloseTo(4, within(1e-9));
    List<Plot.Point> full = List.of(at(1, 0.3), at(4, 1 - 1e-9), at(16, 1));
    List<Plot.Point> ahead = List.of(at(1, 0.9), at(4, 1 - 2e-9), at(16, 1));
    assertThat(PassCurves.crossing(full, ahead)).as("both at 1 but for rounding").isEmpty();
  }

  private static Plot.Point at(double k, double pass) {
    return new Plot.Point(k, pass, Double.NaN, Double.NaN, "");
  }

  @Test
  void rejectsMoreConfigurationsThanColours() {
    List<RunMetrics> runs = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      runs.add(new RunMetrics("r" + i, Map.of("steps", (long) i), Map.of()));
    }
    assertThatThrownBy(() -> RunReport.of(runs)).hasMessageContaining("at most 8");
    assertThatThrownBy(() -> RunReport.of(List.of())).isInstanceOf(IllegalArgumentException.class);
  }
}
