package org.leash.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An element of HTML or SVG. Texts and attribute values are escaped as they are written, so that
 * nothing that came from a file can be anything but text. Built by one thread.
 */
public final class Element {
  /** Elements of HTML that have no end tag. */
  private static final Set<String> VOID = Set.of("meta", "br", "hr", "img", "link");

  private final String name;
  private final Map<String, String> attributes = new LinkedHashMap<>();

  /** Elements, and texts as strings. */
  private final List<Object> children = new ArrayList<>();

  private Element(String name) {
    this.name = name;
  }

  /** An element without attributes and children. */
  public static Element of(String name) {
    return new Element(name);
  }

  /** An element with a text. */
  public static Element of(String name, String text) {
    return new Element(name).text(text);
  }

  /** An element with a class. */
  public static Element styled(String name, String styles) {
    return new Element(name).with("class", styles);
  }

  /** Sets an attribute. */
  public Element with(String attribute, String value) {
    attributes.put(attribute, value);
    return this;
  }

  /** Sets an attribute to a number, with at most two decimals. */
  public Element with(String attribute, double value) {
    return with(attribute, number(value));
  }

  /** Adds children. */
  public Element add(Element... elements) {
    children.addAll(List.of(elements));
    return this;
  }

  /** Adds children. */
  public Element addAll(List<Element> elements) {
    children.addAll(elements);
    return this;
  }

  /** Adds a text. */
  public Element text(String text) {
    children.add(text);
    return this;
  }

  /** A coordinate: two decimals are finer than any screen. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("no coordinate: " + value);
    }
    double rounded = Math.round(value * 100) / 100.0;
    return rounded == Math.rint(rounded) ? Long.toString((long) rounded) : Double.toString(rounded);
  }

  void write(StringBuilder out) {
    out.append('<').append(name);
    attributes.forEach(
        (attribute, value) -> {
          out.append(' ').append(attribute).append("=\"");
          escape(value, out);
          out.append('"');
        });
    out.append('>');
    if (VOID.contains(name)) {
      return;
    }
    for (Object child : children) {
      if (child instanceof Element element) {
        element.write(out);
      } else {
        escape((String) child, out);
      }
    }
    out.append("</").append(name).append('>');
  }

  private static void escape(String text, StringBuilder out) {
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      switch (each) {
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '&' -> out.append("&amp;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(each < ' ' && each != '\n' && each != '\t' ? '\uFFFD' : each);
      }
    }
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    write(out);
    return out.toString();
  }
}
