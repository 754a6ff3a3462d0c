package org.leash.files;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Lines of cells in columns as wide as their longest cell, two spaces apart. Width counts code
 * points; lines may have different numbers of cells.
 */
public final class TextTable {
  private static final String GAP = "  ";

  /**
   * A cell.
   *
   * @param text the unstyled text
   * @param right whether the text is flush right
   * @param style applied to the text without padding, such as adding a terminal's colour codes,
   *     which take no width
   */
  public record Cell(String text, boolean right, UnaryOperator<String> style) {
    /** A cell flush left, without style. */
    public static Cell left(String text) {
      return new Cell(text, false, UnaryOperator.identity());
    }

    /** A cell flush right, without style. */
    public static Cell right(String text) {
      return new Cell(text, true, UnaryOperator.identity());
    }

    int width() {
      return text.codePointCount(0, text.length());
    }
  }

  private final List<List<Cell>> lines = new ArrayList<>();

  /** An empty table. */
  public TextTable() {}

  /** Adds a line. */
  public void line(List<Cell> cells) {
    lines.add(List.copyOf(cells));
  }

  private int[] widths() {
    int[] widths = new int[lines.stream().mapToInt(List::size).max().orElse(0)];
    for (List<Cell> line : lines) {
      for (int i = 0; i < line.size(); i++) {
        widths[i] = Math.max(widths[i], line.get(i).width());
      }
    }
    return widths;
  }

  /** Characters in a full line. */
  public int width() {
    int[] widths = widths();
    int sum = Math.max(0, widths.length - 1) * GAP.length();
    for (int width : widths) {
      sum += width;
    }
    return sum;
  }

  /** All lines, each with its end and without trailing spaces. */
  public String render() {
    int[] widths = widths();
    StringBuilder text = new StringBuilder();
    for (List<Cell> cells : lines) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < cells.size(); i++) {
        Cell cell = cells.get(i);
        int padding = widths[i] - cell.width();
        line.append(i == 0 ? "" : GAP)
            .repeat(' ', cell.right() ? padding : 0)
            .append(cell.style().apply(cell.text()))
            .repeat(' ', cell.right() ? 0 : padding);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
