package org.leash.benchmarks.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.leash.benchmarks.compare.RecordedContender;
import org.leash.benchmarks.stats.Quantity;
import org.leash.report.Bars;
import org.leash.report.Element;
import org.leash.report.Page;

/**
 * Overhead of calls: a downcall from Java compared with the same call from C, and wall-clock time
 * compared with device time.
 */
final class HostOverhead {
  private static final int WORK = 0;
  private static final int HOST = 1;

  private HostOverhead() {}

  static List<Element> of(Chapter chapter, List<RecordedContender> all) {
    List<Element> panels = new ArrayList<>();
    List<Bars.Bar> calls = calls(all);
    if (!calls.isEmpty()) {
      panels.add(Page.panel("A call from Java", "ns per call", Bars.of("Cost of a call", calls)));
    }
    List<Bars.Bar> launches = launches(chapter.kernels());
    if (!launches.isEmpty()) {
      panels.add(
          Page.panel(
              "Launch and synchronise",
              "device time, then the host's",
              Bars.of("Launch", launches)));
    }
    return panels.isEmpty()
        ? List.of()
        : List.of(
            Page.swatches(List.of("work, or the same call from C", "added by the host")),
            Page.panels(panels));
  }

  private static List<Bars.Bar> calls(List<RecordedContender> all) {
    List<RecordedContender> dispatch =
        all.stream()
            .filter(each -> Chapter.isDispatch(each.key()) && each.isGood() && !each.isTwin())
            .toList();
    List<Bars.Bar> bars = new ArrayList<>();
    Chapter.group(dispatch, each -> each.key().caseGroup())
        .values()
        .forEach(
            members -> {
              Optional<RecordedContender> fromC =
                  members.stream()
                      .filter(each -> each.key().get("variant").equals("c"))
                      .findFirst();
              members.stream()
                  .sorted(Comparator.comparingDouble(HostOverhead::nanos))
                  .forEach(each -> bars.add(bar(each, fromC)));
            });
    return bars;
  }

  private static Bars.Bar bar(RecordedContender call, Optional<RecordedContender> fromC) {
    double nanos = nanos(call);
    double floor = Math.min(nanos, fromC.map(HostOverhead::nanos).orElse(nanos));
    String name = call.key().get("contract").replace('_', ' ') + " · " + call.key().get("variant");
    return new Bars.Bar(
        name,
        List.of(
            new Bars.Part(WORK, floor, "the same call from C"),
            new Bars.Part(HOST, nanos - floor, "added")),
        String.format(Locale.ROOT, "%.1f ns", nanos));
  }

  private static double nanos(RecordedContender contender) {
    return contender.nanos().orElseThrow().center();
  }

  private static List<Bars.Bar> launches(List<RecordedContender> kernels) {
    List<Bars.Bar> bars = new ArrayList<>();
    Map<List<String>, List<RecordedContender>> groups =
        Chapter.group(
            kernels.stream().filter(RecordedContender::isGood).toList(),
            each ->
                Chapter.values(
                    each.key(), List.of("op", "variant", "dtype_in", "rows", "cols", "params")));
    groups.forEach(
        (group, members) -> {
          Optional<RecordedContender> device = timed(members, "event");
          Optional<RecordedContender> wall = timed(members, "wall_sync");
          if (device.isPresent() && wall.isPresent()) {
            double work = nanos(device.get());
            bars.add(
                new Bars.Bar(
                    String.join(" ", group),
                    List.of(
                        new Bars.Part(WORK, work, "device"),
                        new Bars.Part(HOST, Math.max(0, nanos(wall.get()) - work), "host")),
                    Quantity.time(wall.get().nanos().orElseThrow())));
          }
        });
    return bars.stream().sorted(Comparator.comparing(Bars.Bar::name)).toList();
  }

  private static Optional<RecordedContender> timed(List<RecordedContender> members, String timing) {
    return members.stream().filter(each -> each.key().get("timing").equals(timing)).findFirst();
  }
}
