package org.leash.training.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.leash.analysis.Bootstrap;
import org.leash.analysis.Interval;
import org.leash.report.Plot;
import org.leash.training.record.RunMetrics;

/**
 * Runs of one configuration but for the seed, as one series: the mean over seeds by step, with its
 * interval over seeds where there are several. Steps are gathered so that a curve has at most some
 * forty points; each is the mean of those gathered, in their middle.
 *
 * @param name of the series
 * @param runs at least one
 */
record Curves(String name, List<RunMetrics> runs) {
  private static final int POINTS = 40;
  private static final Bootstrap INTERVALS = new Bootstrap(500, 0.95, 1);

  /** Runs in series, each of a name of its own. */
  static List<Curves> of(List<RunMetrics> runs) {
    Map<Map<String, Object>, List<RunMetrics>> same = new LinkedHashMap<>();
    for (RunMetrics run : runs) {
      Map<String, Object> config = new TreeMap<>(run.config());
      config.remove("seed");
      same.computeIfAbsent(config, key -> new ArrayList<>()).add(run);
    }
    List<Curves> series = same.values().stream().map(of -> new Curves(name(of), of)).toList();
    Set<String> differing = differing(series);
    return series.stream().map(each -> each.apart(series, differing)).toList();
  }

  /** For several seeds, the common prefix of their names. */
  private static String name(List<RunMetrics> runs) {
    String first = runs.getFirst().name();
    if (runs.size() == 1) {
      return first;
    }
    String common = first;
    for (RunMetrics run : runs) {
      while (!run.name().startsWith(common)) {
        common = common.substring(0, common.length() - 1);
      }
    }
    common = common.replaceAll("[-_. ]*(seed)?[-_. ]*$", "");
    return String.format(
        Locale.ROOT, "%s (%d seeds)", common.isEmpty() ? first : common, runs.size());
  }

  /** Settings but for the seed that not all series agree in. */
  static Set<String> differing(List<Curves> series) {
    return settings(series).stream()
        .filter(setting -> !setting.equals("seed"))
        .filter(
            setting -> series.stream().map(each -> each.setting(setting)).distinct().count() > 1)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** All settings of all series. */
  static Set<String> settings(List<Curves> series) {
    Set<String> settings = new LinkedHashSet<>();
    series.forEach(each -> settings.addAll(each.runs.getFirst().config().keySet()));
    return settings;
  }

  String setting(String setting) {
    return String.valueOf(runs.getFirst().config().getOrDefault(setting, "–"));
  }

  /** With its settings in its name if others have the same name. */
  private Curves apart(List<Curves> series, Set<String> differing) {
    if (series.stream().filter(each -> each.name.equals(name)).count() == 1) {
      return this;
    }
    return new Curves(
        differing.stream()
            .map(setting -> setting + " " + setting(setting))
            .collect(Collectors.joining(", ", name + ": ", "")),
        runs);
  }

  /** The curve of a figure; empty where no run has it. */
  List<Plot.Point> curve(String figure) {
    int last =
        runs.stream()
            .map(run -> run.figure(figure))
            .filter(steps -> !steps.isEmpty())
            .mapToInt(steps -> steps.lastKey())
            .max()
            .orElse(0);
    int width = last / POINTS + 1;
    TreeMap<Integer, List<NavigableMap<Integer, Double>>> gathered = new TreeMap<>();
    for (RunMetrics run : runs) {
      Map<Integer, NavigableMap<Integer, Double>> ofRun = new TreeMap<>();
      run.figure(figure)
          .forEach(
              (step, value) ->
                  ofRun
                      .computeIfAbsent((step + width - 1) / width, bucket -> new TreeMap<>())
                      .put(step, value));
      ofRun.forEach(
          (bucket, steps) -> gathered.computeIfAbsent(bucket, key -> new ArrayList<>()).add(steps));
    }
    return gathered.values().stream().map(this::point).toList();
  }

  /** A point from the steps gathered in it, by run. */
  private Plot.Point point(List<NavigableMap<Integer, Double>> gathered) {
    IntSummaryStatistics steps =
        gathered.stream()
            .flatMap(each -> each.keySet().stream())
            .mapToInt(Integer::intValue)
            .summaryStatistics();
    Interval of =
        INTERVALS.mean(gathered.stream().mapToDouble(each -> mean(each.values())).toArray());
    String when =
        steps.getMin() == steps.getMax()
            ? "step " + steps.getMin()
            : String.format(Locale.ROOT, "steps %d to %d", steps.getMin(), steps.getMax());
    return new Plot.Point(
        steps.getAverage(),
        of.value(),
        of.low(),
        of.high(),
        String.format(Locale.ROOT, "%s, %s: %.4g", name, when, of.value()));
  }

  private static double mean(Collection<Double> values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.size();
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
        : INTERVALS.mean(values);
  }

  /** Whether a figure was logged. */
  boolean has(String figure) {
    return runs.stream().anyMatch(run -> !run.figure(figure).isEmpty());
  }

  /** The figure's name with the budget that the runs have it at, if it is one with a budget. */
  String full(String figure) {
    return runs.getFirst().figures().keySet().stream()
        .filter(name -> name.equals(figure) || name.startsWith(figure + "@k="))
        .findFirst()
        .orElse(figure);
  }
}
