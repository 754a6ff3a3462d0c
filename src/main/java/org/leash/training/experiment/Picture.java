package org.leash.training.experiment;

import java.util.List;
import java.util.Locale;
import org.leash.analysis.Interval;

/**
 * The experiment in one SVG picture: for every arm, in a panel each, five figures with their
 * intervals over seeds and, dashed, the base model. Readable in light and dark.
 */
final class Picture {
  private static final int LEFT = 120;
  private static final int PANEL = 150;
  private static final int GAP = 36;
  private static final int TOP = 56;
  private static final int ROW = 20;

  /** A figure in [0, 1] and its title. */
  private record Panel(String task, String figure, String title) {}

  private static final List<Panel> PANELS =
      List.of(
          new Panel("rare-modes", "pass@1", "rare modes: pass@1"),
          new Panel("rare-modes", "srr", "rare modes: SRR"),
          new Panel("rare-modes", "ndr", "rare modes: NDR"),
          new Panel("strategies", "pass@1", "strategies: pass@1"),
          new Panel("strategies", "pass@256", "strategies: pass@256"));

  private final List<Summary> summaries;
  private final StringBuilder svg = new StringBuilder();

  private Picture(List<Summary> summaries) {
    this.summaries = summaries;
  }

  static String of(List<Summary> summaries) {
    return new Picture(summaries).draw();
  }

  private String draw() {
    int width = LEFT + PANELS.size() * (PANEL + GAP);
    int height = TOP + Arm.ALL.size() * ROW + 24;
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\"",
        width, height);
    add(" font-family=\"system-ui, sans-serif\" font-size=\"12\">%n");
    add("<title>What became of the support: every way of training, over seeds</title>%n");
    add(
        "<style>text{fill:#222}.grid{stroke:#8884}.base{stroke:#888;stroke-dasharray:4 3}"
            + ".mark{stroke:#0b62a4;fill:#0b62a4}svg{background:#fff}"
            + "@media(prefers-color-scheme:dark){text{fill:#ddd}.mark{stroke:#6cb6ff;fill:#6cb6ff}"
            + "svg{background:#16181c}}</style>%n");
    for (int i = 0; i < Arm.ALL.size(); i++) {
      add(
          "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n",
          LEFT - 10, TOP + i * ROW + 14, Arm.ALL.get(i).name());
    }
    for (int p = 0; p < PANELS.size(); p++) {
      panel(PANELS.get(p), LEFT + p * (PANEL + GAP));
    }
    add("</svg>%n");
    return svg.toString();
  }

  private void panel(Panel panel, int x) {
    int bottom = TOP + Arm.ALL.size() * ROW;
    add("<text x=\"%d\" y=\"20\" font-weight=\"600\">%s</text>%n", x, panel.title);
    for (int tick = 0; tick <= 4; tick++) {
      double at = x + PANEL * tick / 4.0;
      add(
          "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>%n",
          at, at, TOP, bottom);
      add(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" font-size=\"10\">%s</text>%n",
          at, bottom + 14, tick % 2 == 0 ? Double.toString(tick / 4.0) : "");
    }
    Interval base = find(panel, "base");
    if (base != null) {
      double at = x + PANEL * base.value();
      add(
          "<line class=\"base\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>%n",
          at, at, TOP - 8, bottom);
      add(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" font-size=\"10\">base</text>%n",
          Math.clamp(at, x + 12.0, x + PANEL - 12.0), TOP - 12);
    }
    for (int i = 0; i < Arm.ALL.size(); i++) {
      Interval of = find(panel, Arm.ALL.get(i).name());
      if (of != null) {
        int y = TOP + i * ROW + 10;
        double low = Double.isNaN(of.low()) ? of.value() : of.low();
        double high = Double.isNaN(of.high()) ? of.value() : of.high();
        add(
            "<line class=\"mark\" stroke-width=\"2\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>",
            x + PANEL * low, x + PANEL * high, y, y);
        add("<circle class=\"mark\" cx=\"%.1f\" cy=\"%d\" r=\"4\"/>%n", x + PANEL * of.value(), y);
      }
    }
  }

  private Interval find(Panel panel, String arm) {
    return summaries.stream()
        .filter(s -> s.task().equals(panel.task) && s.arm().equals(arm))
        .map(s -> s.figures().get(panel.figure))
        .findFirst()
        .orElse(null);
  }

  @SuppressWarnings("AnnotateFormatMethod") // Its annotation is not on the classpath.
  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
