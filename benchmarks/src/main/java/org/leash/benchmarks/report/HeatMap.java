package org.leash.benchmarks.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.leash.benchmarks.compare.Compared;
import org.leash.benchmarks.compare.Verdict;
import org.leash.benchmarks.csv.Labels;
import org.leash.benchmarks.stats.Quantity;
import org.leash.report.Element;

/** Tables of the change of each variant in each case, with colours by change. */
final class HeatMap {
  /** Log-ratio of the deepest colour. */
  private static final double DEEPEST = Math.log(8);

  private HeatMap() {}

  static List<Element> of(Chapter chapter) {
    List<Element> tables = new ArrayList<>();
    chapter
        .question()
        .byOperation()
        .forEach(
            (operation, rows) -> {
              List<Compared> judged =
                  rows.stream().filter(row -> !chapter.question().isAlone(row)).toList();
              if (!judged.isEmpty()) {
                tables.add(table(chapter, judged));
              }
            });
    return tables;
  }

  private static Element table(Chapter chapter, List<Compared> rows) {
    Labels labels = new Labels(rows.stream().map(row -> row.key()).toList(), Set.of("variant"));
    Set<String> variants =
        new TreeSet<>(
            Comparator.comparingInt((String each) -> chapter.variants().indexOf(each))
                .thenComparing(Comparator.naturalOrder()));
    Map<String, Map<String, Compared>> cases = new LinkedHashMap<>();
    for (Compared row : rows) {
      String variant = row.variant();
      variants.add(variant);
      cases.computeIfAbsent(labels.of(row.key()), name -> new LinkedHashMap<>()).put(variant, row);
    }
    Element head = Element.of("tr").add(Element.of("th", "case").with("scope", "col"));
    variants.forEach(
        each -> head.add(Element.of("th", each).with("scope", "col").with("class", "num")));
    Element body = Element.of("tbody");
    cases.forEach(
        (name, cells) -> {
          Element line = Element.of("tr").add(Element.of("th", name).with("scope", "row"));
          variants.forEach(variant -> line.add(cell(cells.get(variant))));
          body.add(line);
        });
    return Element.of("div")
        .add(
            Element.of("h3", labels.title()),
            Element.styled("div", "scroll")
                .add(Element.styled("table", "heat").add(Element.of("thead").add(head), body)));
  }

  private static Element cell(Compared row) {
    if (row == null) {
      return Element.of("td", "–").with("class", "base");
    }
    if (row.effect().isEmpty()) {
      return Element.of("td", row.verdict().symbol() + " " + row.verdict())
          .with("class", Forests.style(row.verdict()));
    }
    double mean = row.effect().get().mean();
    double depth = 0.08 + 0.42 * Math.min(1, Math.abs(mean) / DEEPEST);
    boolean decided = row.verdict() == Verdict.FASTER || row.verdict() == Verdict.SLOWER;
    return Element.of("td", row.verdict().symbol() + " " + Quantity.change(row.effect().get()))
        .with("class", decided ? mean < 0 ? "fast" : "slow" : "unsure")
        .with("style", String.format(Locale.ROOT, "--depth:%.2f", depth))
        .with("title", row.verdict() + " " + Quantity.interval(row.effect().get()));
  }
}
