package org.leash.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A table. Where the page is too narrow for it, it scrolls inside itself; one with text sets its
 * cells below each other, each with the name of its column.
 */
public final class HtmlTable {
  private final Element head = Element.of("tr");
  private final Element body = Element.of("tbody");
  private final List<String> names = new ArrayList<>();
  private final List<String> styles = new ArrayList<>();

  /** A column of names, which stay on a line. */
  public HtmlTable column(String name) {
    return column(name, "");
  }

  /** A column of numbers, aligned at the right. */
  public HtmlTable numbers(String name) {
    return column(name, "num");
  }

  /** A column of text, which is broken where it has to be. */
  public HtmlTable text(String name) {
    return column(name, "text");
  }

  private HtmlTable column(String name, String style) {
    head.add(styled(Element.of("th", name).with("scope", "col"), style));
    names.add(name);
    styles.add(style);
    return this;
  }

  /** A row of texts. */
  public HtmlTable row(String... cells) {
    Element[] elements = new Element[cells.length];
    for (int i = 0; i < cells.length; i++) {
      elements[i] = Element.of("td", cells[i]);
    }
    return row(elements);
  }

  /** A row of cells, {@code td} or {@code th}. */
  public HtmlTable row(Element... cells) {
    Element row = Element.of("tr");
    for (int i = 0; i < cells.length; i++) {
      row.add(styled(cells[i].with("data-column", names.get(i)), styles.get(i)));
    }
    body.add(row);
    return this;
  }

  /** Cells of names keep their own attributes. */
  private static Element styled(Element cell, String style) {
    return style.isEmpty() ? cell : cell.with("class", style);
  }

  /** The table. */
  public Element element() {
    Element table = styled(Element.of("table"), styles.contains("text") ? "stacks" : "");
    return Element.styled("div", "scroll").add(table.add(Element.of("thead").add(head), body));
  }
}
