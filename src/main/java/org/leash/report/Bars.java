package org.leash.report;

import java.util.List;

/** Bars made of parts, each from the left edge, with the name above and the sum behind. */
public final class Bars {
  private static final double ROW = 36;
  private static final double BAR = 12;
  private static final double LABEL = 74;

  /** A part of a bar; its series gives the colour. */
  public record Part(int series, double value, String title) {}

  /** A bar with its tooltip. */
  public record Bar(String name, List<Part> parts, String text) {}

  private Bars() {}

  /** A chart of horizontal, stacked bars. */
  public static Element of(String title, List<Bar> bars) {
    double most =
        bars.stream()
            .mapToDouble(bar -> bar.parts().stream().mapToDouble(Part::value).sum())
            .max()
            .orElse(1);
    Scale x =
        new Scale(0, Math.max(most, 1e-9), 0, Plot.WIDTH - LABEL, false, List.of(), Scale::plain);
    Element drawing = Svg.drawing(Plot.WIDTH, bars.size() * ROW + 6, title);
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      double top = i * ROW;
      double sum = 0;
      drawing.add(Svg.name(0, top + 13, bar.name()));
      for (Part part : bar.parts()) {
        drawing.add(
            Svg.rectangle(
                    x.at(sum),
                    top + 18,
                    x.at(sum + part.value()) - x.at(sum),
                    BAR,
                    "bar c" + part.series())
                .add(Element.of("title", part.title())));
        sum += part.value();
      }
      drawing.add(Svg.text(x.at(sum) + 5, top + 18 + BAR - 2, bar.text(), "tick"));
    }
    return drawing;
  }
}
