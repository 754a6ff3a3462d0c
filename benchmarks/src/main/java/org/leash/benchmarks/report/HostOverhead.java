package org.leash.benchmarks.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.leash.benchmarks.compare.Contestant;
import org.leash.benchmarks.stats.Quantity;
import org.leash.report.Bars;
import org.leash.report.Element;
import org.leash.report.Page;

/**
 * What a call costs beside the work: a downcall from Java above the same call from C; and where a
 * device was timed by events and by the clock on the wall, what the host adds.
 */
final class HostOverhead {
  private static final int WORK = 0;
  private static final int HOST = 1;

  private HostOverhead() {}

  static List<Element> of(Chapter chapter, List<Contestant> all) {
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

  private static List<Bars.Bar> calls(List<Contestant> all) {
    List<Contestant> dispatch =
        all.stream()
            .filter(each -> Chapter.isDispatch(each.key()) && each.isGood() && !each.isTwin())
            .toList();
    List<Bars.Bar> bars = new ArrayList<>();
    Chapter.group(dispatch, each -> each.key().contest())
        .values()
        .forEach(
            members -> {
              Optional<Contestant> fromC =
                  members.stream()
                      .filter(each -> each.key().get("variant").equals("c"))
                      .findFirst();
              members.stream()
                  .sorted(Comparator.comparingDouble(HostOverhead::nanos))
                  .forEach(each -> bars.add(bar(each, fromC)));
            });
    return bars;
  }

  private static Bars.Bar bar(Contestant call, Optional<Contestant> fromC) {
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

  private static double nanos(Contestant contestant) {
    return contestant.nanos().orElseThrow().center();
  }

  private static List<Bars.Bar> launches(List<Contestant> kernels) {
    List<Bars.Bar> bars = new ArrayList<>();
    Map<List<String>, List<Contestant>> groups =
        Chapter.group(
            kernels.stream().filter(Contestant::isGood).toList(),
            each ->
                Chapter.values(
                    each.key(), List.of("op", "variant", "dtype_in", "rows", "cols", "params")));
    groups.forEach(
        (group, members) -> {
          Optional<Contestant> device = timed(members, "event");
          Optional<Contestant> wall = timed(members, "wall_sync");
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

  private static Optional<Contestant> timed(List<Contestant> members, String timing) {
    return members.stream().filter(each -> each.key().get("timing").equals(timing)).findFirst();
  }
}
