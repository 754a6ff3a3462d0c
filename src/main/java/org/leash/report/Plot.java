package org.leash.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A frame with two axes, and marks in it. */
public final class Plot {
  /** As wide as a telephone, so that nothing has to shrink there. */
  static final double WIDTH = 370;

  private static final double LEFT = 44;
  private static final double RIGHT = 10;
  private static final double TOP = 22;
  private static final double BOTTOM = 36;
  private static final double LINE = 12;

  /** A point with the ends of its interval; NaN where there is none. */
  public record Point(double x, double y, double low, double high, String title) {}

  private record Rule(double y, String text) {}

  private final Scale x;
  private final Scale y;
  private final double height;
  private final Element drawing;
  private final List<Element> marks = new ArrayList<>();
  private final List<Rule> rules = new ArrayList<>();

  private Plot(String title, Scale x, Scale y, double height, double width) {
    this.x = x.over(LEFT, width - RIGHT);
    this.y = y.over(height - BOTTOM, TOP);
    this.height = height;
    this.drawing = Svg.drawing(width, height, title);
  }

  /**
   * An empty plot.
   *
   * @param title for screen readers
   * @param yTitle stands above the axis
   */
  public static Plot of(String title, Scale x, Scale y, String xTitle, String yTitle) {
    return of(title, x, y, xTitle, yTitle, 230, WIDTH);
  }

  /** An empty plot of some size. */
  public static Plot of(
      String title, Scale x, Scale y, String xTitle, String yTitle, double height, double width) {
    Plot plot = new Plot(title, x, y, height, width);
    plot.axes(xTitle, yTitle);
    return plot;
  }

  private void axes(String xTitle, String yTitle) {
    double bottom = height - BOTTOM;
    for (double tick : y.ticks()) {
      double at = y.at(tick);
      drawing.add(
          Svg.line(x.from(), at, x.to(), at, "grid"),
          Svg.text(x.from() - 6, at + 3.5, y.label().apply(tick), "tick end"));
    }
    for (double tick : x.ticks()) {
      double at = x.at(tick);
      drawing.add(
          Svg.line(at, bottom, at, bottom + 4, "axis"),
          Svg.text(at, bottom + 15, x.label().apply(tick), "tick middle"));
    }
    drawing.add(
        Svg.line(x.from(), bottom, x.to(), bottom, "axis"),
        Svg.text(x.to(), height - 5, xTitle, "tick end"),
        Svg.text(0, 11, yTitle, "tick"));
  }

  /**
   * A line through points, with their intervals as a band, or of a single one as a line, and a mark
   * on each.
   */
  public Plot line(int series, List<Point> points) {
    band(points, "band f" + series, "interval s" + series);
    if (points.size() > 1) {
      StringBuilder line = new StringBuilder();
      points.forEach(point -> append(line, point.x(), point.y()));
      marks.add(Svg.path(line.toString(), "line s" + series));
    }
    return points(series, points);
  }

  /** From the lower to the upper ends; of a single point a line. */
  private void band(List<Point> points, String style, String single) {
    if (points.stream().allMatch(point -> Double.isFinite(point.low()))) {
      StringBuilder band = new StringBuilder();
      points.forEach(point -> append(band, point.x(), point.high()));
      points.reversed().forEach(point -> append(band, point.x(), point.low()));
      marks.add(
          points.size() == 1
              ? Svg.path(band.toString(), single)
              : Svg.path(band.append('Z').toString(), style));
    }
  }

  private void append(StringBuilder path, double valueX, double valueY) {
    path.append(path.isEmpty() ? 'M' : 'L')
        .append(Element.number(x.inside(valueX)))
        .append(' ')
        .append(Element.number(y.inside(valueY)));
  }

  /** Marks that stand alone. */
  public Plot points(int series, List<Point> points) {
    for (Point point : points) {
      marks.add(
          Svg.mark(x.inside(point.x()), y.inside(point.y()), series, 3.4)
              .add(Element.of("title", point.title())));
    }
    return this;
  }

  /** Dots too many for a mark each. */
  public Plot dots(int series, double[] xs, double[] ys) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < xs.length; i++) {
      path.append('M')
          .append(Element.number(x.inside(xs[i])))
          .append(' ')
          .append(Element.number(y.inside(ys[i])))
          .append("h0");
    }
    marks.add(Svg.path(path.toString(), "dots s" + series));
    return this;
  }

  /** A line without marks, such as a roof or a track. */
  public Plot curve(String style, double[] xs, double[] ys) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < xs.length; i++) {
      append(path, xs[i], ys[i]);
    }
    marks.add(Svg.path(path.toString(), style));
    return this;
  }

  /** A dashed line across, with a name above its right end. */
  public Plot ceiling(double value, String text) {
    rules.add(new Rule(value, text));
    return this;
  }

  /** A line through points to compare others with: grey and dashed, with intervals, no marks. */
  public Plot baseline(List<Point> points) {
    band(points, "zone", "track");
    return curve(
        "track dashed",
        points.stream().mapToDouble(Point::x).toArray(),
        points.stream().mapToDouble(Point::y).toArray());
  }

  /** A line from top to bottom with a text at its upper end. */
  public Plot crossing(double value, String text) {
    double at = x.inside(value);
    boolean flipped = at > (x.from() + x.to()) / 2;
    marks.add(Svg.line(at, y.to(), at, y.from(), "roof"));
    marks.add(Svg.text(at + (flipped ? -5 : 5), y.to() - 5, text, flipped ? "end" : ""));
    return this;
  }

  /** A line from top to bottom. */
  public Plot divider(double value) {
    marks.add(Svg.line(x.at(value), y.to(), x.at(value), y.from(), "grid"));
    return this;
  }

  /** The drawing. */
  public Element element() {
    List<Element> names = new ArrayList<>();
    double lowest = Double.NEGATIVE_INFINITY;
    for (Rule rule :
        rules.stream().sorted(Comparator.comparingDouble(Rule::y).reversed()).toList()) {
      double at = y.inside(rule.y());
      // Names keep a line's distance from the one above, whatever their ceilings do.
      lowest = Math.max(at - 4, lowest + LINE);
      drawing.add(Svg.line(x.from(), at, x.to(), at, "ceiling"));
      names.add(Svg.text(x.to(), lowest, rule.text(), "note end halo"));
    }
    return drawing.addAll(marks).addAll(names);
  }
}
