package org.leash.training.experiment;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.leash.analysis.Interval;
import org.leash.report.Element;
import org.leash.report.Scale;
import org.leash.report.Svg;

/**
 * The experiment in one SVG picture: for every arm, in a panel each, five figures with their
 * intervals over seeds and, dashed, the base model. Readable in light and dark.
 */
final class Picture {
  private static final double LEFT = 120;
  private static final double PANEL = 150;
  private static final double GAP = 36;
  private static final double TOP = 56;
  private static final double ROW = 20;
  private static final double BOTTOM = TOP + Arm.ALL.size() * ROW;

  /** A figure in [0, 1] and its title. */
  private record Panel(String task, String figure, String title) {}

  private static final List<Panel> PANELS =
      List.of(
          new Panel("rare-modes", "pass@1", "rare modes: pass@1"),
          new Panel("rare-modes", "srr", "rare modes: SRR"),
          new Panel("rare-modes", "ndr", "rare modes: NDR"),
          new Panel("strategies", "pass@1", "strategies: pass@1"),
          new Panel("strategies", "pass@256", "strategies: pass@256"));

  private Picture() {}

  static String of(List<Summary> summaries) {
    Element drawing =
        Svg.drawing(
            LEFT + PANELS.size() * (PANEL + GAP),
            BOTTOM + 24,
            "What became of the support: every way of training, over seeds");
    for (int i = 0; i < Arm.ALL.size(); i++) {
      drawing.add(Svg.text(LEFT - 10, TOP + i * ROW + 14, Arm.ALL.get(i).name(), "end"));
    }
    for (int i = 0; i < PANELS.size(); i++) {
      add(drawing, summaries, PANELS.get(i), LEFT + i * (PANEL + GAP));
    }
    return Svg.document(drawing);
  }

  private static void add(Element drawing, List<Summary> summaries, Panel panel, double left) {
    Scale x =
        Scale.linear(0, 1, 5)
            .withTicks(
                List.of(0.0, 0.25, 0.5, 0.75, 1.0),
                value -> value % 0.5 == 0 ? Double.toString(value) : "")
            .over(left, left + PANEL);
    drawing.add(Svg.text(left, 20, panel.title, "title"));
    for (double tick : x.ticks()) {
      drawing.add(
          Svg.line(x.at(tick), TOP, x.at(tick), BOTTOM, "grid"),
          Svg.text(x.at(tick), BOTTOM + 14, x.label().apply(tick), "tick middle"));
    }
    find(summaries, panel, "base")
        .ifPresent(
            base -> {
              double at = x.at(base.value());
              double inside = Math.clamp(at, left + 12, left + PANEL - 12);
              drawing.add(
                  Svg.line(at, TOP - 8, at, BOTTOM, "ceiling"),
                  Svg.text(inside, TOP - 12, "base", "tick middle"));
            });
    for (int i = 0; i < Arm.ALL.size(); i++) {
      double y = TOP + i * ROW + 10;
      String arm = Arm.ALL.get(i).name();
      find(summaries, panel, arm)
          .ifPresent(
              of -> {
                if (!Double.isNaN(of.low())) {
                  drawing.add(Svg.line(x.at(of.low()), y, x.at(of.high()), y, "interval s0"));
                }
                drawing.add(
                    Svg.mark(x.at(of.value()), y, 0, 4)
                        .add(
                            Element.of(
                                "title", String.format(Locale.ROOT, "%s: %.3f", arm, of.value()))));
              });
    }
  }

  private static Optional<Interval> find(List<Summary> summaries, Panel panel, String arm) {
    return summaries.stream()
        .filter(each -> each.task().equals(panel.task) && each.arm().equals(arm))
        .map(each -> each.figures().get(panel.figure))
        .findFirst();
  }
}
