package org.leash.training.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.leash.analysis.Interval;
import org.leash.report.Element;
import org.leash.report.Page;
import org.leash.report.Plot;
import org.leash.report.Scale;

/** pass@k of the policy before training and after, and where the former catches up. */
final class PassCurves {
  /** A lead below this is rounding. */
  private static final double NOTHING = 1e-6;

  private PassCurves() {}

  /** A panel; empty where fewer than two budgets are known. */
  static Optional<Element> of(Curves curves, int series) {
    TreeMap<Integer, String> budgets = new TreeMap<>();
    for (String kind : List.of("eval/pass@", "exact/pass@")) {
      for (String name : curves.runs().getFirst().figures().keySet()) {
        if (name.matches(kind + "[0-9]{1,9}")) {
          budgets.put(Integer.parseInt(name.substring(kind.length())), name);
        }
      }
    }
    if (budgets.size() < 2) {
      return Optional.empty();
    }
    List<Plot.Point> before = new ArrayList<>();
    List<Plot.Point> after = new ArrayList<>();
    budgets.forEach(
        (k, name) -> {
          before.add(point(k, curves.end(name, false), ""));
          after.add(
              point(
                  k,
                  curves.end(name, true),
                  String.format(
                      Locale.ROOT, " after, %.4f before", curves.end(name, false).value())));
        });
    Plot plot =
        Plot.of(
            "pass@k of " + curves.name(),
            Scale.logarithmic(budgets.firstKey(), budgets.lastKey())
                .withTicks(
                    budgets.keySet().stream().map(Integer::doubleValue).toList(),
                    k -> Integer.toString((int) k)),
            Scale.linear(0, 1, 5),
            "k",
            "pass@k");
    OptionalDouble crossing = crossing(before, after);
    plot.baseline(before).line(series, after);
    crossing.ifPresent(k -> plot.crossing(k, String.format(Locale.ROOT, "k = %.1f", k)));
    return Optional.of(
        Page.panel(
            curves.name(),
            crossing.isPresent()
                ? String.format(
                    Locale.ROOT,
                    "the policy before training catches up at k = %.1f",
                    crossing.getAsDouble())
                : "no crossing",
            plot.element()));
  }

  private static Plot.Point point(int k, Interval of, String rest) {
    return new Plot.Point(
        k,
        of.value(),
        of.low(),
        of.high(),
        String.format(Locale.ROOT, "k = %d: %.4f%s", k, of.value(), rest));
  }

  /** Where a lead becomes a lag, linear in log k; empty where it does not. */
  static OptionalDouble crossing(List<Plot.Point> before, List<Plot.Point> after) {
    int ahead = -1;
    for (int i = 0; i < before.size(); i++) {
      double lead = after.get(i).y() - before.get(i).y();
      if (lead > NOTHING) {
        ahead = i;
      } else if (lead < -NOTHING && ahead >= 0) {
        double last = after.get(ahead).y() - before.get(ahead).y();
        double share = last / (last - lead);
        return OptionalDouble.of(
            Math.pow(before.get(ahead).x(), 1 - share) * Math.pow(before.get(i).x(), share));
      }
    }
    return OptionalDouble.empty();
  }
}
