package org.leash.report;

import java.util.List;
import java.util.OptionalDouble;

/**
 * Ratios with their intervals, one below the other, about a line at 1; the zone of equivalence is
 * shaded. Each interval has a lane of its own and its name above it, so that no line runs through a
 * text and long names fit on a narrow page; an interval that does not fit ends in an arrow.
 */
public final class Forest {
  private static final double TOP = 22;
  private static final double NAME = 16;
  private static final double LANE = 14;
  private static final double ROW = NAME + LANE + 8;
  private static final double MARGIN = 12;

  /**
   * A row.
   *
   * @param text the verdict in few characters
   * @param style a class that colours it: good, bad, same or open
   */
  public record Row(
      String name, double ratio, double low, double high, String text, String style) {}

  private Forest() {}

  /**
   * Draws rows.
   *
   * @param zone half the width of the zone of equivalence, on the logarithm
   * @param floor the noise floor, likewise
   */
  public static Element of(String title, List<Row> rows, double zone, OptionalDouble floor) {
    double low = Math.exp(-zone);
    double high = Math.exp(zone);
    for (Row row : rows) {
      low = Math.min(low, row.ratio());
      high = Math.max(high, row.ratio());
    }
    Scale x = ticks(low, high).over(MARGIN, Plot.WIDTH - MARGIN);
    Element drawing = Svg.drawing(Plot.WIDTH, TOP + rows.size() * ROW, title);
    for (double tick : x.ticks()) {
      drawing.add(Svg.text(x.at(tick), TOP - 10, x.label().apply(tick), "tick middle"));
    }
    for (int i = 0; i < rows.size(); i++) {
      double top = TOP + i * ROW;
      Row row = rows.get(i);
      drawing.add(
          Svg.name(0, top + 11, row.name()),
          Svg.text(Plot.WIDTH, top + 11, row.text(), "label end " + row.style()));
      ground(drawing, x, top + NAME, zone, floor);
      interval(drawing, row, x, top + NAME + LANE / 2);
    }
    return drawing;
  }

  /** A lane with the reference of all intervals. */
  private static void ground(
      Element drawing, Scale x, double top, double zone, OptionalDouble floor) {
    double left = x.inside(Math.exp(-zone));
    drawing.add(
        Svg.rectangle(0, top, Plot.WIDTH, LANE, "lane"),
        Svg.rectangle(left, top, Math.max(1, x.inside(Math.exp(zone)) - left), LANE, "zone"));
    for (double tick : x.ticks()) {
      drawing.add(Svg.line(x.at(tick), top, x.at(tick), top + LANE, tick == 1 ? "axis" : "grid"));
    }
    floor.ifPresent(
        distance -> {
          for (double side : new double[] {-distance, distance}) {
            double at = x.inside(Math.exp(side));
            drawing.add(Svg.line(at, top, at, top + LANE, "floor"));
          }
        });
  }

  private static void interval(Element drawing, Row row, Scale x, double y) {
    if (Double.isFinite(row.low())) {
      drawing.add(
          Svg.line(x.inside(row.low()), y, x.inside(row.high()), y, "interval " + row.style()));
      if (row.low() < x.low()) {
        arrow(drawing, x.from(), 1, y, row.style());
      }
      if (row.high() > x.high()) {
        arrow(drawing, x.to(), -1, y, row.style());
      }
    }
    drawing.add(
        Svg.rectangle(x.inside(row.ratio()) - 3.5, y - 3.5, 7, 7, "estimate " + row.style())
            .add(Element.of("title", row.name() + ": " + row.text())));
  }

  /** An arrowhead: the interval extends beyond the edge. */
  private static void arrow(Element drawing, double tip, int inwards, double y, String style) {
    for (double side : new double[] {-4, 4}) {
      drawing.add(Svg.line(tip, y, tip + inwards * 5, y + side, "interval " + style));
    }
  }

  /** From a little below the lowest ratio to a little above the highest, with few round ticks. */
  private static Scale ticks(double low, double high) {
    double margin = Math.pow(high / low, 0.12);
    Scale scale = new Scale(low / margin, high * margin, 0, 1, true, List.of(), Scale::plain);
    double span = scale.high() / scale.low();
    List<Double> ticks =
        span > 60
            ? List.of(0.01, 0.1, 1.0, 10.0, 100.0)
            : span > 12
                ? List.of(0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 25.0, 50.0)
                : span > 2.5
                    ? List.of(0.1, 0.2, 0.33, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0)
                    : span > 1.35
                        ? List.of(0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.5, 1.75, 2.0)
                        : List.of(0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.2, 1.25);
    return scale.withTicks(
        ticks.stream().filter(tick -> tick >= scale.low() && tick <= scale.high()).toList(),
        value -> Scale.plain(value) + "×");
  }
}
