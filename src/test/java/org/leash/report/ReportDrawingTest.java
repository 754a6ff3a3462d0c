package org.leash.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.StringReader;
import java.util.List;
import java.util.OptionalDouble;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class ReportDrawingTest {
  private static final String HOSTILE = "<img src=x onerror=alert(1)>,\"\n' & \u0007";

  private static Document parse(String xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }

  @Test
  void escapesText() throws Exception {
    String written =
        Element.of("p", HOSTILE).with("title", HOSTILE).add(Element.of("br")).toString();

    assertThat(written).doesNotContain("<img").contains("&lt;img");
    Document read = parse(written.replace("<br>", ""));
    assertThat(read.getDocumentElement().getTextContent())
        .isEqualTo(HOSTILE.replace('\u0007', '\uFFFD'));
    assertThat(read.getElementsByTagName("*").getLength()).isOne();
  }

  @Test
  void scalesMapTheirEndsToTheirCoordinates() {
    Scale linear = Scale.linear(3, 97, 5).over(100, 200);
    Scale logarithmic = Scale.logarithmic(1, 1000).over(0, 300);

    assertThat(linear.ticks()).containsExactly(0.0, 20.0, 40.0, 60.0, 80.0, 100.0);
    assertThat(linear.at(50)).isEqualTo(150, within(1e-9));
    assertThat(linear.inside(1e9)).isEqualTo(200, within(1e-9));
    assertThat(logarithmic.at(logarithmic.low())).isZero();
    assertThat(logarithmic.at(100) - logarithmic.at(10))
        .isEqualTo(logarithmic.at(10) - logarithmic.at(1), within(1e-9));
    assertThat(linear.label().apply(20)).isEqualTo("20");
    assertThat(label(Scale.linear(-6.6e31, 0, 5), 1)).isEqualTo("−6e31");
    assertThat(label(Scale.linear(0, 2e-6, 5), 1)).isEqualTo("5e−7");
    assertThat(label(Scale.linear(0, 2e-6, 5), 0)).isEqualTo("0");
    assertThatThrownBy(() -> new Scale(0, 1, 0, 1, true, List.of(), Scale::plain))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String label(Scale scale, int tick) {
    return scale.label().apply(scale.ticks().get(tick));
  }

  @Test
  void everyChartIsWellFormed() throws Exception {
    Scale scale = Scale.logarithmic(1, 10);
    Plot.Point point = new Plot.Point(2, 3, 2.5, 3.5, HOSTILE);
    Plot.Point other = new Plot.Point(4, 3, 2.5, 3.5, HOSTILE);
    List<Element> charts =
        List.of(
            Plot.of(HOSTILE, scale, scale, "x", "y")
                .line(1, List.of(point, other))
                .ceiling(8, HOSTILE)
                .ceiling(8.1, "another")
                .dots(2, new double[] {1, 2}, new double[] {3, 4})
                .element(),
            Plot.of(HOSTILE, scale, scale, "x", "y")
                .baseline(List.of(point, other))
                .crossing(3, HOSTILE)
                .element(),
            Flows.of(
                HOSTILE,
                HOSTILE,
                "beyond",
                new Flows.Flow(3, HOSTILE),
                new Flows.Flow(0, "gained"),
                new Flows.Flow(1e-3, "lost"),
                new Flows.Flow(0, "outside")),
            Forest.of(
                HOSTILE,
                List.of(
                    new Forest.Row(HOSTILE, 1.2, 1.1, 1.3, HOSTILE, "bad"),
                    new Forest.Row("single fork", 0.9, Double.NaN, Double.NaN, "?", "open")),
                0.01,
                OptionalDouble.of(0.02)),
            Bars.of(
                HOSTILE,
                List.of(new Bars.Bar(HOSTILE, List.of(new Bars.Part(0, 2, HOSTILE)), "2 ns"))));

    for (Element chart : charts) {
      Document read = parse(chart.toString());
      assertThat(read.getDocumentElement().getTagName()).isEqualTo("svg");
      assertThat(read.getElementsByTagName("img").getLength()).isZero();
    }
    // Names of ceilings that nearly meet keep their distance.
    assertThat(charts.getFirst().toString()).contains("another").doesNotContain("NaN");
  }

  /** One line for an interval, and two for the head of an arrow where it is cut off. */
  @Test
  void clippedIntervalEndsInAnArrow() {
    String forest =
        Forest.of(
                "ratios",
                List.of(
                    new Forest.Row("wide", 1.2, 0.1, 9, "", "bad"),
                    new Forest.Row("narrow", 0.9, 0.89, 0.91, "", "good")),
                0.01,
                OptionalDouble.empty())
            .toString();

    assertThat(forest.split("interval bad", -1)).hasSize(1 + 5);
    assertThat(forest.split("interval good", -1)).hasSize(1 + 1);
  }

  @Test
  void forestLinesDoNotCrossText() throws Exception {
    Document forest =
        parse(
            Forest.of(
                    "ratios",
                    List.of(
                        new Forest.Row("one", 1.2, 1.1, 1.3, "+20 %", "bad"),
                        new Forest.Row("another", 0.9, 0.8, 1.0, "−10 %", "good")),
                    0.01,
                    OptionalDouble.of(0.02))
                .toString());
    NodeList texts = forest.getElementsByTagName("text");
    NodeList lines = forest.getElementsByTagName("line");

    assertThat(texts.getLength()).isGreaterThanOrEqualTo(2 * 2 + 1);
    assertThat(lines.getLength()).isGreaterThanOrEqualTo(2 * 4);
    for (int i = 0; i < texts.getLength(); i++) {
      double baseline = coordinate(texts.item(i), "y");
      for (int j = 0; j < lines.getLength(); j++) {
        double top = coordinate(lines.item(j), "y1");
        double bottom = coordinate(lines.item(j), "y2");
        assertThat(top > baseline || bottom < baseline - 9).as("%d and %d", i, j).isTrue();
      }
    }
  }

  private static double coordinate(Node element, String name) {
    return Double.parseDouble(element.getAttributes().getNamedItem(name).getNodeValue());
  }

  @Test
  void drawsTheIntervalOfASinglePoint() {
    Scale scale = Scale.linear(0, 10, 5);
    String interval =
        "<path class=\"interval s1\" d=\"M%s %sL%s %s\">"
            .formatted(360 / 2 + 22, 22, 360 / 2 + 22, 194);

    assertThat(
            Plot.of("t", scale, scale, "x", "y")
                .line(1, List.of(new Plot.Point(5, 5, 0, 10, "")))
                .element()
                .toString())
        .contains(interval);
  }

  @Test
  void cellsOfTextTablesCarryTheirColumn() {
    String text = new HtmlTable().column("what").text("why").row("a", "b").element().toString();
    String names = new HtmlTable().column("what").numbers("ns").row("a", "1").element().toString();

    assertThat(text)
        .contains("class=\"stacks\"")
        .contains("<td data-column=\"why\" class=\"text\">b");
    assertThat(names).doesNotContain("stacks").contains("class=\"num\">1");
  }

  @Test
  void omitsSectionsWithoutContent() {
    String html =
        Page.of("two")
            .section("Empty", "nothing", List.of())
            .section("Full", "", List.of(Element.of("p", "x")))
            .html();

    assertThat(html).doesNotContain("Empty").contains("<a href=\"#s1\">Full</a>");
  }

  @Test
  void pageListsSectionsByPart() {
    String html =
        Page.of("two")
            .part("first")
            .section("One", "", List.of(Element.of("p")))
            .part("second")
            .section("One", "", List.of(Element.of("p")))
            .html();

    assertThat(html)
        .contains("<div><b>first</b><a href=\"#s1\">One</a></div>")
        .contains("<div><b>second</b><a href=\"#s2\">One</a></div>")
        .contains("<h2 class=\"part\">second</h2><section id=\"s2\">");
  }

  /** Programs that show SVG files have their own ideas of style sheets; colours must be plain. */
  @Test
  void drawingAsFileHasPlainStylesOfItsClassesOnly() throws Exception {
    Element drawing =
        Svg.drawing(10, 10, "x").add(Svg.mark(1, 1, 0, 3)).add(Svg.line(0, 0, 1, 1, "interval s0"));
    String file = Svg.document(drawing);

    assertThat(parse(file).getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(file)
        .contains(".c0{fill: #0b62a4;}", ".s0{stroke: #0b62a4;}", ".interval{stroke-width: 2.25;}")
        .contains("svg text{", "svg:root{background: #fff;}")
        .containsPattern("prefers-color-scheme:dark\\)\\{.*\\.c0\\{fill: #56a8e8;\\}")
        .doesNotContain("var(", ".c1", ".good", ".heat", ".f0", "table");
  }

  @Test
  void pageIsSelfContained() {
    String html = Page.of(HOSTILE).section("One", "two", List.of(Element.of("p", "x"))).html();

    assertThat(html)
        .startsWith("<!DOCTYPE html>")
        .contains("default-src 'none'".replace("'", "&#39;"))
        .contains("prefers-color-scheme: dark")
        .contains("details::details-content { content-visibility: visible; }")
        .doesNotContain("<img")
        .doesNotContain("<script")
        .doesNotContainPattern("(src|href)=\"(?!#)");
  }
}
