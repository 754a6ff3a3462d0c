package org.leash.benchmarks.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.leash.benchmarks.compare.RecordedContender;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.record.Roof;
import org.leash.benchmarks.record.Traffic;
import org.leash.benchmarks.stats.Estimate;
import org.leash.benchmarks.stats.Quantity;
import org.leash.report.Element;
import org.leash.report.Page;
import org.leash.report.Plot;
import org.leash.report.Scale;

/** Bytes per second against the vocabulary, a plot per operation and setting. */
final class Throughput {
  private static final List<String> PANEL =
      List.of("op", "contract", "dtype_in", "params", "input_dist", "cache", "timing", "device");

  private final Chapter chapter;
  private final Roof roof;

  private Throughput(Chapter chapter) {
    this.chapter = chapter;
    this.roof = Roof.of(chapter.question().candidate().ceilings());
  }

  static List<Element> of(Chapter chapter) {
    return new Throughput(chapter).elements();
  }

  private List<Element> elements() {
    List<RecordedContender> timed =
        chapter.kernels().stream()
            .filter(RecordedContender::isGood)
            .filter(Throughput::hasShape)
            .toList();
    List<Element> panels = new ArrayList<>();
    Chapter.group(timed, each -> Chapter.values(each.key(), PANEL))
        .values()
        .forEach(panel -> panels.addAll(bySweep(panel)));
    return chapter.withLegend(panels);
  }

  static boolean hasShape(RecordedContender contender) {
    return Stream.of("rows", "cols")
        .allMatch(column -> contender.key().get(column).matches("[1-9]\\d{0,14}"));
  }

  /** A plot per number of rows with several vocabularies; if there are none, one plot of all. */
  private List<Element> bySweep(List<RecordedContender> panel) {
    List<Element> plots = new ArrayList<>();
    List<RecordedContender> rest = new ArrayList<>();
    Chapter.group(panel, each -> each.key().get("rows"))
        .forEach(
            (rows, members) -> {
              if (vocabularies(members).size() > 1) {
                plots.add(plot(members));
              } else {
                rest.addAll(members);
              }
            });
    if (!rest.isEmpty() && plots.isEmpty()) {
      plots.add(plot(rest));
    }
    return plots;
  }

  private static List<Double> vocabularies(List<RecordedContender> members) {
    return members.stream().map(Throughput::vocabulary).distinct().sorted().toList();
  }

  private static double vocabulary(RecordedContender contender) {
    return Double.parseDouble(contender.key().get("cols"));
  }

  private static Estimate gbps(RecordedContender contender) {
    return contender.nanos().orElseThrow().over((double) Traffic.of(contender.key()).bytes());
  }

  private Element plot(List<RecordedContender> members) {
    Map<String, Double> ceilings = ceilings(members);
    double highest =
        Stream.concat(members.stream().map(each -> gbps(each).center()), ceilings.values().stream())
            .max(Comparator.naturalOrder())
            .orElseThrow();
    List<Double> ticks = vocabularies(members);
    Scale x =
        Scale.logarithmic(ticks.getFirst() * 0.85, ticks.getLast() * 1.15)
            .withTicks(spaced(ticks), value -> Long.toString(Math.round(value)));
    Key key = members.getFirst().key();
    Set<String> rows = new LinkedHashSet<>();
    members.forEach(each -> rows.add(each.key().get("rows")));
    String title = key.get("op") + ", " + key.get("dtype_in");
    Plot plot =
        Plot.of(
            title + ": GB/s against the vocabulary",
            x,
            Scale.linear(0, highest * 1.04, 5),
            "vocabulary",
            "GB/s, least traffic " + Traffic.of(key).model());
    ceilings.forEach((name, value) -> plot.ceiling(value, name));
    List<RecordedContender> inOrder = new ArrayList<>(members);
    inOrder.sort(
        Comparator.comparingInt(
                (RecordedContender each) -> chapter.variants().indexOf(each.key().get("variant")))
            .thenComparingDouble(Throughput::vocabulary));
    Map<String, List<RecordedContender>> variants =
        Chapter.group(inOrder, each -> each.key().get("variant"));
    // At a single vocabulary variants are spread, as their intervals would overlap.
    double apart = ticks.size() == 1 ? 0.2 / variants.size() : 0;
    double shift = (1 - variants.size()) * apart / 2;
    for (var variant : variants.entrySet()) {
      double factor = Math.exp(shift);
      plot.line(
          chapter.series(variant.getKey()),
          variant.getValue().stream().map(each -> point(each, factor)).toList());
      shift += apart;
    }
    return Page.panel(
        title,
        "%s · %s · %s rows"
            .formatted(Chapter.setting(key), key.get("input_dist"), String.join(", ", rows)),
        plot.element());
  }

  /** Ticks with room for their labels. */
  private static List<Double> spaced(List<Double> values) {
    List<Double> spaced = new ArrayList<>();
    for (double value : values) {
      if (spaced.isEmpty() || value / spaced.getLast() > 1.25) {
        spaced.add(value);
      }
    }
    return spaced;
  }

  private static Plot.Point point(RecordedContender contender, double shift) {
    Estimate gbps = gbps(contender);
    return new Plot.Point(
        vocabulary(contender) * shift,
        gbps.center(),
        gbps.low(),
        gbps.high(),
        "%s %s×%s: %s, %s"
            .formatted(
                contender.key().get("variant"),
                contender.key().get("rows"),
                contender.key().get("cols"),
                Quantity.rate(gbps.center(), "GB/s"),
                Quantity.time(contender.nanos().orElseThrow())));
  }

  /** The ceilings that bind contenders of a plot, by name. */
  private Map<String, Double> ceilings(List<RecordedContender> members) {
    Function<Roof.Bound, String> name =
        bound -> bound.kind() + " ceiling " + Quantity.rate(bound.gbps(), "GB/s");
    Map<String, Double> ceilings = new LinkedHashMap<>();
    for (RecordedContender each : members) {
      if (!each.key().get("role").equals("peer")) {
        roof.over(each.key()).ifPresent(bound -> ceilings.put(name.apply(bound), bound.gbps()));
      }
    }
    return ceilings;
  }
}
