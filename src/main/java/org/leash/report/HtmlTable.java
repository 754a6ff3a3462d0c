package org.leash.report;

import java.util.ArrayList;
import java.util.List;

/** A table that scrolls inside itself where the page is too narrow for it. */
public final class HtmlTable {
  private final Element head = Element.of("tr");
  private final Element body = Element.of("tbody");
  private final List<Boolean> numeric = new ArrayList<>();

  /** A column of text. */
  public HtmlTable column(String name) {
    head.add(Element.of("th", name).with("scope", "col"));
    numeric.add(false);
    return this;
  }

  /** A column of numbers, aligned at the right. */
  public HtmlTable numbers(String name) {
    head.add(Element.of("th", name).with("scope", "col").with("class", "num"));
    numeric.add(true);
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
      row.add(i < numeric.size() && numeric.get(i) ? cells[i].with("class", "num") : cells[i]);
    }
    body.add(row);
    return this;
  }

  /** The table. */
  public Element element() {
    return Element.styled("div", "scroll")
        .add(Element.of("table").add(Element.of("thead").add(head), body));
  }
}
