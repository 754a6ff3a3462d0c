package org.leash.report;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Probability within and beyond reach, before and after training: two bars of two parts each, and
 * the four flows between them, whose widths are the amounts. Each flow is labelled with its name
 * and amount, so that no information depends on colour.
 */
public final class Flows {
  private static final double HEIGHT = 172;
  private static final double SIDE = 64;
  private static final double BAR = 7;
  private static final double TOP = 22;
  private static final double GAP = 18;
  private static final double LINE = 13;

  /**
   * A flow.
   *
   * @param amount at least 0; nothing is drawn for 0
   * @param text stands on it
   */
  public record Flow(double amount, String text) {}

  private Flows() {}

  /**
   * Draws the four flows.
   *
   * @param within and beyond what the two parts of a bar are called
   */
  public static Element of(
      String title, String within, String beyond, Flow kept, Flow gained, Flow lost, Flow outside) {
    double all = kept.amount + gained.amount + lost.amount + outside.amount;
    double scale = (HEIGHT - TOP - GAP - 8) / Math.max(all, 1e-9);
    Element drawing = Svg.drawing(Plot.WIDTH, HEIGHT, title);
    double left = SIDE + BAR;
    double right = Plot.WIDTH - SIDE - BAR;
    for (boolean after : new boolean[] {false, true}) {
      double from = after ? right : SIDE;
      double label = after ? right + BAR + 6 : SIDE - 6;
      String anchor = after ? "tick" : "tick end";
      double above = scale * (kept.amount + (after ? gained.amount : lost.amount));
      double below = scale * (outside.amount + (after ? lost.amount : gained.amount));
      double next = TOP + above + GAP;
      drawing.add(
          Svg.text(after ? right + BAR : SIDE, 11, after ? "after" : "before", after ? "end" : ""),
          Svg.rectangle(from, TOP, BAR, above, "side"),
          Svg.rectangle(from, next, BAR, below, "side"));
      if (above > 0) {
        drawing.add(Svg.text(label, TOP + above / 2 + 4, within, anchor));
      }
      if (below > 0) {
        drawing.add(Svg.text(label, next + below / 2 + 4, beyond, anchor));
      }
    }
    // Where each flow begins and ends: kept and lost leave from within, kept and gained arrive
    // there.
    double lower = TOP + GAP;
    double keptHeight = scale * kept.amount;
    double lostHeight = scale * lost.amount;
    double gainedHeight = scale * gained.amount;
    List<Band> bands =
        List.of(
            new Band(kept, 0, TOP, TOP, 0.5),
            new Band(lost, 2, TOP + keptHeight, lower + keptHeight + gainedHeight, 0.12),
            new Band(gained, 1, lower + keptHeight + lostHeight, TOP + keptHeight, 0.88),
            new Band(
                outside,
                3,
                lower + keptHeight + lostHeight + gainedHeight,
                lower + keptHeight + lostHeight + gainedHeight,
                0.5));
    bands.stream()
        .filter(band -> band.flow.amount > 0)
        .forEach(b -> drawing.add(b.path(left, right, scale)));
    bands.stream()
        .filter(band -> band.flow.amount > 0)
        .forEach(b -> drawing.add(b.name(left, right, scale)));
    return drawing;
  }

  /** A flow with its upper ends, and where along it its name stands. */
  private record Band(Flow flow, int series, double from, double to, double place) {
    Element path(double left, double right, double scale) {
      double thick = Math.max(scale * flow.amount, 1);
      double middle = (left + right) / 2;
      double low = from + thick;
      double end = to + thick;
      String data =
          "M"
              + at(left, from)
              + "C"
              + at(middle, from, middle, to, right, to)
              + "L"
              + at(right, end)
              + "C"
              + at(middle, end, middle, low, left, low)
              + "Z";
      return Svg.path(data, "flow c" + series).add(Element.of("title", flow.text));
    }

    Element name(double left, double right, double scale) {
      double t = place;
      double smooth = 3 * t * t * (1 - t) + t * t * t; // the height of the curve at t
      double along = 1.5 * t * (1 - t) + t * t * t; // and how far across it is there
      double y = from + smooth * (to - from) + scale * flow.amount / 2;
      return Svg.text(left + along * (right - left), y + LINE / 3, flow.text, "middle halo");
    }

    private static String at(double... coordinates) {
      return Arrays.stream(coordinates).mapToObj(Element::number).collect(Collectors.joining(" "));
    }
  }
}
