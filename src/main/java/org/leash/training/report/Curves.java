package org.leash.training.report;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.leash.analysis.Bootstrap;
import org.leash.analysis.Interval;
import org.leash.report.Plot;
import org.leash.training.files.RunMetrics;

/**
 * Runs of one configuration but for the seed, as one series: the mean over seeds by step, with its
 * interval over seeds where there are several. Steps are gathered so that a curve has at most some
 * forty points; each is the mean of those gathered.
 *
 * @param name what the series is
 * @param runs at least one
 */
record Curves(String name, List<RunMetrics> runs) {
  private static final int POINTS = 40;
  private static final Bootstrap INTERVALS = new Bootstrap(500, 0.95, 1);

  /** The curve of a figure; empty where no run has it. */
  List<Plot.Point> curve(String figure) {
    int last = 0;
    for (RunMetrics run : runs) {
      NavigableMap<Integer, Double> steps = run.figure(figure);
      last = Math.max(last, steps.isEmpty() ? 0 : steps.lastKey());
    }
    int end = last;
    int width = last / POINTS + 1;
    TreeMap<Integer, List<double[]>> gathered = new TreeMap<>();
    for (int i = 0; i < runs.size(); i++) {
      for (var step : runs.get(i).figure(figure).entrySet()) {
        gathered.computeIfAbsent((step.getKey() + width - 1) / width, bucket -> emptyBucket())
                .get(i)[0] +=
            step.getValue();
        gathered.get((step.getKey() + width - 1) / width).get(i)[1]++;
      }
    }
    List<Plot.Point> points = new ArrayList<>();
    gathered.forEach(
        (bucket, sums) -> {
          double[] values =
              sums.stream().filter(s -> s[1] > 0).mapToDouble(s -> s[0] / s[1]).toArray();
          Interval of = INTERVALS.of(values.length, weights -> mean(values, weights));
          int step = Math.min(bucket * width, end);
          points.add(
              new Plot.Point(
                  step,
                  of.value(),
                  of.low(),
                  of.high(),
                  "%s, step %d: %.4g".formatted(name, step, of.value())));
        });
    return points;
  }

  private List<double[]> emptyBucket() {
    List<double[]> sums = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      sums.add(new double[2]);
    }
    return sums;
  }

  /** The mean over seeds of a figure at the first or the last step that has it; NaN without. */
  Interval end(String figure, boolean last) {
    double[] values =
        runs.stream()
            .map(run -> run.figure(figure))
            .map(steps -> last ? steps.lastEntry() : steps.firstEntry())
            .filter(Objects::nonNull)
            .mapToDouble(entry -> entry.getValue())
            .toArray();
    return values.length == 0
        ? new Interval(Double.NaN, Double.NaN, Double.NaN)
        : INTERVALS.of(values.length, weights -> mean(values, weights));
  }

  private static double mean(double[] values, int[] weights) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += weights[i] * values[i];
    }
    return sum / values.length;
  }
}
