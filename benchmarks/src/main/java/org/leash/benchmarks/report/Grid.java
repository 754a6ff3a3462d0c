package org.leash.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;

/** A table on a terminal: columns as wide as they need, and styles that do not count as width. */
final class Grid {
  /** Text with how it looks where there is colour. */
  record Cell(String text, List<Style> styles) {
    static Cell of(String text, Style... styles) {
      return new Cell(text, List.of(styles));
    }

    private String painted(Ansi ansi) {
      if (!ansi.enabled() || styles.isEmpty() || text.isEmpty()) {
        return text;
      }
      StringBuilder painted = new StringBuilder();
      styles.forEach(style -> painted.append(style.on()));
      return painted.append(text).append(Style.reset.off()).toString();
    }
  }

  private static final String GAP = "  ";

  private final List<List<Cell>> lines = new ArrayList<>();

  void line(List<Cell> cells) {
    lines.add(List.copyOf(cells));
  }

  private int[] widths() {
    int columns = lines.stream().mapToInt(List::size).max().orElse(0);
    int[] widths = new int[columns];
    for (List<Cell> line : lines) {
      for (int i = 0; i < line.size(); i++) {
        String text = line.get(i).text();
        widths[i] = Math.max(widths[i], text.codePointCount(0, text.length()));
      }
    }
    return widths;
  }

  /** Characters in the longest line. */
  int width() {
    int width = 1;
    for (int each : widths()) {
      width += each + GAP.length();
    }
    return width - GAP.length();
  }

  String render(Ansi ansi) {
    int[] widths = widths();
    StringBuilder text = new StringBuilder();
    for (List<Cell> line : lines) {
      StringBuilder row = new StringBuilder(" ");
      for (int i = 0; i < line.size(); i++) {
        Cell cell = line.get(i);
        int length = cell.text().codePointCount(0, cell.text().length());
        boolean last = i == line.size() - 1;
        row.append(cell.painted(ansi));
        if (!last) {
          row.repeat(' ', widths[i] - length).append(GAP);
        }
      }
      text.append(row.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
