package org.leash.report;

import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The elements of SVG that plots are made of, in the colours of the style sheet. */
public final class Svg {
  /** Characters that fit beside a figure in the width of a plot. */
  private static final int NAME = 42;

  private static final Pattern CLASSES = Pattern.compile(" class=\"([^\"]*)\"");

  private Svg() {}

  /**
   * A drawing that fills the width it is given, up to its own.
   *
   * @param title for screen readers
   */
  public static Element drawing(double width, double height, String title) {
    return Element.of("svg")
        .with("viewBox", "0 0 " + Element.number(width) + " " + Element.number(height))
        .with("width", width)
        .with("height", height)
        .with("role", "img")
        .with("aria-label", title);
  }

  /** A drawing as a file of its own, with its styles in it. */
  public static String document(Element drawing) {
    Set<String> classes =
        CLASSES
            .matcher(drawing.toString())
            .results()
            .flatMap(each -> Stream.of(each.group(1).split(" ", -1)))
            .collect(Collectors.toSet());
    return drawing
            .with("xmlns", "http://www.w3.org/2000/svg")
            .add(Element.of("style", DrawingStyles.of(Page.styles(), classes::contains)))
        + "\n";
  }

  public static Element line(double x1, double y1, double x2, double y2, String style) {
    return Element.styled("line", style)
        .with("x1", x1)
        .with("y1", y1)
        .with("x2", x2)
        .with("y2", y2);
  }

  static Element rectangle(double x, double y, double width, double height, String style) {
    return Element.styled("rect", style)
        .with("x", x)
        .with("y", y)
        .with("width", Math.max(0, width))
        .with("height", Math.max(0, height));
  }

  public static Element text(double x, double y, String text, String style) {
    return Element.styled("text", style).with("x", x).with("y", y).text(text);
  }

  /** A name on a line of its own, cut before it overlaps its neighbour. */
  static Element name(double x, double y, String text) {
    return text(x, y, text.length() <= NAME ? text : text.substring(0, NAME - 1) + "…", "label");
  }

  static Element path(String data, String style) {
    return Element.styled("path", style).with("d", data);
  }

  /** A mark whose shape, like its colour, tells the series. */
  public static Element mark(double x, double y, int series, double size) {
    double r = size;
    String data =
        switch (Math.floorMod(series, 6)) {
          case 0 -> polygon(x, y, r, 24, 0);
          case 1 -> polygon(x, y, r * 1.25, 4, 45);
          case 2 -> polygon(x, y, r * 1.35, 3, -90);
          case 3 -> polygon(x, y, r * 1.3, 4, 0);
          case 4 -> polygon(x, y, r * 1.35, 3, 90);
          default -> star(x, y, r * 1.7);
        };
    return path(data, "mark c" + series);
  }

  private static String star(double x, double y, double radius) {
    StringBuilder data = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      double r = i % 2 == 0 ? radius : radius / 3;
      data.append(i == 0 ? 'M' : 'L')
          .append(Element.number(x + r * Math.cos(Math.PI * i / 4)))
          .append(' ')
          .append(Element.number(y + r * Math.sin(Math.PI * i / 4)));
    }
    return data.append('Z').toString();
  }

  private static String polygon(double x, double y, double radius, int corners, double degrees) {
    StringBuilder data = new StringBuilder();
    for (int i = 0; i < corners; i++) {
      double angle = Math.toRadians(degrees + 360.0 * i / corners);
      data.append(i == 0 ? 'M' : 'L')
          .append(Element.number(x + radius * Math.cos(angle)))
          .append(' ')
          .append(Element.number(y + radius * Math.sin(angle)));
    }
    return data.append('Z').toString();
  }
}
