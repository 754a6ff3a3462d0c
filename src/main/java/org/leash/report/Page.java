package org.leash.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntFunction;

/** A page that is whole in one file: style sheet, drawings and text, and nothing from elsewhere. */
public final class Page {
  private final String title;
  private final Element header = Element.of("header");
  private final Element contents = Element.of("nav").with("aria-label", "Contents");
  private Element links = Element.of("div");
  private final Element main = Element.of("main");
  private int sections;

  private Page(String title) {
    this.title = title;
  }

  /** An empty page. */
  public static Page of(String title) {
    Page page = new Page(title);
    page.header.add(Element.of("h1", title));
    page.contents.add(page.links);
    return page;
  }

  /** Adds to the header. */
  public Page header(Element... elements) {
    header.add(elements);
    return this;
  }

  /** Begins a part; later sections belong to it, also in the table of contents. */
  public Page part(String name) {
    links = Element.of("div").add(Element.of("b", name));
    contents.add(links);
    main.add(Element.of("h2", name).with("class", "part"));
    return this;
  }

  /** A section with a heading, and a link to it above; none without content. */
  public Page section(String heading, String introduction, List<Element> content) {
    if (content.isEmpty()) {
      return this;
    }
    String id = "s" + ++sections;
    links.add(Element.of("a", heading).with("href", "#" + id));
    Element section = Element.of("section").with("id", id).add(Element.of("h2", heading));
    if (!introduction.isEmpty()) {
      section.add(Element.of("p", introduction).with("class", "intro"));
    }
    main.add(section.addAll(content));
    return this;
  }

  /** Drawings of one size, as many beside each other as fit. */
  public static Element panels(List<Element> panels) {
    return Element.styled("div", "panels").addAll(panels);
  }

  /** Drawings, one below the other, with a title above. */
  public static Element panel(String title, String subtitle, Element... drawings) {
    Element caption = Element.of("figcaption").add(Element.of("b", title));
    if (!subtitle.isEmpty()) {
      caption.add(Element.of("span", subtitle));
    }
    return Element.of("figure").add(caption).add(drawings);
  }

  /** The names of series with their colours and marks; empty names are omitted. */
  public static Element legend(List<String> names) {
    return legend(names, i -> List.of(Svg.line(0, 6, 16, 6, "line s" + i), Svg.mark(8, 6, i, 3.4)));
  }

  /** The names of the parts of bars, with their colours. */
  public static Element swatches(List<String> names) {
    return legend(names, i -> List.of(Svg.rectangle(2, 0, 12, 12, "c" + i)));
  }

  private static Element legend(List<String> names, IntFunction<List<Element>> sample) {
    Element legend = Element.styled("div", "legend");
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).isEmpty()) {
        continue;
      }
      Element drawing = Svg.drawing(16, 12, "").with("aria-hidden", "true").addAll(sample.apply(i));
      legend.add(Element.of("span").add(drawing).text(names.get(i)));
    }
    return legend;
  }

  /** A section that is closed until clicked. */
  public static Element details(String summary, List<Element> content) {
    return Element.of("details").add(Element.of("summary", summary)).addAll(content);
  }

  /** The page as HTML. */
  public String html() {
    StringBuilder out = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head>");
    Element.of("meta").with("charset", "utf-8").write(out);
    Element.of("meta")
        .with("name", "viewport")
        .with("content", "width=device-width, initial-scale=1")
        .write(out);
    Element.of("meta").with("name", "color-scheme").with("content", "light dark").write(out);
    Element.of("meta")
        .with("http-equiv", "Content-Security-Policy")
        .with("content", "default-src 'none'; style-src 'unsafe-inline'")
        .write(out);
    Element.of("title", title).write(out);
    out.append("<style>").append(styles()).append("</style></head>\n<body>");
    header.write(out);
    contents.write(out);
    main.write(out);
    return out.append("</body></html>\n").toString();
  }

  /** The style sheet, for light and dark, all widths, and print. */
  static String styles() {
    try (InputStream file = Page.class.getResourceAsStream("report.css")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
