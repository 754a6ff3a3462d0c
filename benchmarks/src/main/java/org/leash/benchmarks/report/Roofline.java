package org.leash.benchmarks.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.leash.benchmarks.compare.RecordedContender;
import org.leash.benchmarks.record.Ceiling;
import org.leash.benchmarks.record.Traffic;
import org.leash.benchmarks.stats.Quantity;
import org.leash.report.Element;
import org.leash.report.Page;
import org.leash.report.Plot;
import org.leash.report.Scale;

/**
 * Logits per second against logits per byte of least traffic. Memory limits under the slope,
 * exponentials, one per logit, under the flat roof.
 */
final class Roofline {
  private Roofline() {}

  static List<Element> of(Chapter chapter) {
    List<Element> panels = new ArrayList<>();
    Map<String, Map<String, Double>> ceilings = new HashMap<>();
    for (Ceiling each : chapter.question().candidate().ceilings()) {
      ceilings
          .computeIfAbsent(each.params(), params -> new HashMap<>())
          .merge(each.kind(), each.rate(), Math::max);
    }
    List<RecordedContender> timed =
        chapter.kernels().stream()
            .filter(RecordedContender::isGood)
            .filter(Throughput::hasShape)
            .toList();
    Chapter.group(timed, each -> each.key().get("params"))
        .forEach(
            (params, members) -> {
              Map<String, Double> limits = ceilings.getOrDefault(params, Map.of());
              if (limits.containsKey("read") && limits.containsKey("exp")) {
                panels.add(panel(chapter, params, members, limits));
              }
            });
    return chapter.withLegend(panels);
  }

  private static double logits(RecordedContender contender) {
    return Double.parseDouble(contender.key().get("rows"))
        * Double.parseDouble(contender.key().get("cols"));
  }

  private static double intensity(RecordedContender contender) {
    return logits(contender) / Traffic.of(contender.key()).bytes();
  }

  private static double rate(RecordedContender contender) {
    return logits(contender) / contender.nanos().orElseThrow().center();
  }

  private static Element panel(
      Chapter chapter, String params, List<RecordedContender> members, Map<String, Double> limits) {
    double memory = Math.max(limits.get("read"), limits.getOrDefault("update", 0.0));
    double exp = limits.get("exp");
    Scale x =
        Scale.logarithmic(0.1, 0.6)
            .withTicks(List.of(0.125, 0.25, 0.5), value -> "1/" + Math.round(1 / value));
    double lowest =
        members.stream().map(Roofline::rate).min(Comparator.naturalOrder()).orElseThrow();
    Scale y = Scale.logarithmic(lowest * 0.8, Math.max(exp, memory * x.high()) * 1.2);
    Plot plot =
        Plot.of(
            "Roofline with " + params, x, y, "logits per byte", "10⁹ logits per second", 260, 370);
    double knee = Math.clamp(exp / memory, x.low(), x.high());
    plot.curve(
        "roof",
        new double[] {x.low(), knee, x.high()},
        new double[] {
          Math.min(exp, memory * x.low()),
          Math.min(exp, memory * knee),
          Math.min(exp, memory * x.high())
        });
    Chapter.group(members, each -> each.key().get("variant"))
        .forEach(
            (variant, mine) ->
                plot.points(chapter.series(variant), mine.stream().map(Roofline::point).toList()));
    return Page.panel(
        Chapter.setting(members.getFirst().key()),
        "memory %s, exponentials %s"
            .formatted(Quantity.rate(memory, "GB/s"), Quantity.rate(exp, "· 10⁹/s")),
        plot.element());
  }

  private static Plot.Point point(RecordedContender contender) {
    return new Plot.Point(
        intensity(contender),
        rate(contender),
        Double.NaN,
        Double.NaN,
        Stream.of("op", "variant", "dtype_in", "rows", "cols", "input_dist")
            .map(contender.key()::get)
            .reduce((one, other) -> one + " " + other)
            .orElseThrow());
  }
}
