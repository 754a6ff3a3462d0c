package org.leash.benchmarks.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.leash.benchmarks.compare.RecordedContender;
import org.leash.benchmarks.csv.Labels;
import org.leash.benchmarks.csv.ResultStatus;
import org.leash.benchmarks.csv.Sensors;
import org.leash.benchmarks.record.Sample;
import org.leash.report.Element;
import org.leash.report.Page;
import org.leash.report.Plot;
import org.leash.report.Scale;

/**
 * All samples of a case in order of measurement, in multiples of the variant's median, so that
 * effects of the machine show in all variants alike; then clock, temperature and power, if known.
 */
final class SampleTracks {
  private static final double HEIGHT = 170;
  private static final double TRACK_HEIGHT = 125;

  private SampleTracks() {}

  static List<Element> of(Chapter chapter, List<RecordedContender> all) {
    List<RecordedContender> timed =
        all.stream()
            .filter(each -> each.isGood() && !each.isTwin() && !Chapter.isDispatch(each.key()))
            .toList();
    if (timed.isEmpty()) {
      return List.of();
    }
    Map<String, List<RecordedContender>> operations =
        Chapter.group(timed, each -> each.key().get("op"));
    List<Element> elements = new ArrayList<>();
    elements.add(Page.legend(chapter.variants()));
    operations.forEach(
        (operation, members) -> {
          Labels labels =
              new Labels(
                  members.stream().map(RecordedContender::key).toList(), Set.of("variant", "op"));
          var cases = Chapter.group(members, each -> each.key().caseGroup()).values();
          List<Element> panels = new ArrayList<>();
          cases.forEach(each -> panels.add(panel(chapter, labels, each)));
          elements.add(
              Page.details(
                  String.format(
                      Locale.ROOT,
                      "%s: %d case%s",
                      operation,
                      cases.size(),
                      cases.size() == 1 ? "" : "s"),
                  List.of(Page.panels(panels))));
        });
    return elements;
  }

  private static Element panel(Chapter chapter, Labels labels, List<RecordedContender> members) {
    List<Sample> order =
        members.stream()
            .flatMap(each -> each.series().samples().stream())
            .sorted(Comparator.comparingLong(Sample::seq))
            .toList();
    long[] places = order.stream().mapToLong(Sample::seq).toArray();
    Scale x = forks(order);
    String name = labels.of(members.getFirst().key());
    Plot plot =
        Plot.of(
            "Samples of " + name,
            x,
            Scale.logarithmic(0.78, 1.36)
                .withTicks(List.of(0.8, 0.9, 1.0, 1.1, 1.25), value -> Double.toString(value)),
            "fork, in the order of the samples",
            "time over the variant's median",
            HEIGHT,
            370);
    for (double tick : x.ticks().subList(1, x.ticks().size())) {
      plot.divider(tick);
    }
    for (RecordedContender each : members) {
      double median = each.series().quantiles().at(0.5);
      List<Sample> samples =
          each.series().samples().stream().filter(one -> one.status() == ResultStatus.OK).toList();
      plot.dots(
          chapter.series(each.key().get("variant")),
          samples.stream().mapToDouble(one -> Arrays.binarySearch(places, one.seq())).toArray(),
          samples.stream().mapToDouble(one -> one.timeNs() / median).toArray());
    }
    return Page.panel(
        name,
        "",
        Stream.of(
                Optional.of(plot.element()),
                track(order, x, "clock, MHz", Sensors::smClockMhz),
                track(order, x, "temperature, °C", Sensors::tempC),
                track(order, x, "power, W", Sensors::powerW))
            .flatMap(Optional::stream)
            .toArray(Element[]::new));
  }

  /** Ticks at the start of each fork, labelled with its number. */
  private static Scale forks(List<Sample> order) {
    List<Double> starts = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < order.size(); i++) {
      int fork = order.get(i).fork();
      if (numbers.isEmpty() || numbers.getLast() != fork) {
        numbers.add(fork);
        starts.add((double) i);
      }
    }
    double end = Math.max(1, order.size() - 1);
    return new Scale(
        -end * 0.01,
        end * 1.01,
        0,
        1,
        false,
        starts,
        value -> Integer.toString(numbers.get(starts.indexOf(value))));
  }

  private static Optional<Element> track(
      List<Sample> order, Scale x, String title, ToDoubleFunction<Sensors> value) {
    List<Sample> known =
        order.stream()
            .filter(each -> Double.isFinite(value.applyAsDouble(each.sensors())))
            .toList();
    if (known.size() < 2) {
      return Optional.empty();
    }
    double[] ys = known.stream().mapToDouble(each -> value.applyAsDouble(each.sensors())).toArray();
    double[] xs =
        IntStream.range(0, order.size())
            .filter(i -> Double.isFinite(value.applyAsDouble(order.get(i).sensors())))
            .asDoubleStream()
            .toArray();
    double low = Arrays.stream(ys).min().orElseThrow();
    double high = Arrays.stream(ys).max().orElseThrow();
    return Optional.of(
        Plot.of(title, x, Scale.linear(low, high, 4), "", title, TRACK_HEIGHT, 370)
            .curve("track", xs, ys)
            .element());
  }
}
