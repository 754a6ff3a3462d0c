package org.leash.benchmarks.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.leash.benchmarks.compare.Compared;
import org.leash.benchmarks.compare.Comparison;
import org.leash.benchmarks.compare.Verdict;
import org.leash.benchmarks.csv.Labels;
import org.leash.benchmarks.stats.Quantity;
import org.leash.report.Element;
import org.leash.report.Forest;
import org.leash.report.Page;

/**
 * Forest plots of all ratios with intervals: one per operation and variant, and one with all
 * variants for operations of a single case.
 */
final class Forests {
  private static final Set<String> SAID = Set.of("variant", "op");

  private final Comparison answer;
  private final List<String> variants;
  private final List<Element> elements = new ArrayList<>();
  private final List<Element> singles = new ArrayList<>();

  private Forests(Chapter chapter) {
    answer = chapter.question().answer();
    variants = chapter.variants();
  }

  static List<Element> of(Chapter chapter) {
    Forests forests = new Forests(chapter);
    chapter.question().byOperation().forEach(forests::add);
    if (!forests.singles.isEmpty()) {
      forests.addHeaded("operations of one case", forests.singles);
    }
    return forests.elements;
  }

  private void addHeaded(String heading, List<Element> panels) {
    elements.add(Element.of("h3", heading));
    elements.add(Page.panels(panels));
  }

  private void add(String operation, List<Compared> all) {
    // In the order of the variants' colours.
    List<Compared> rows =
        all.stream()
            .filter(row -> row.effect().isPresent())
            .sorted(Comparator.comparingInt(row -> variants.indexOf(row.variant())))
            .toList();
    if (rows.isEmpty()) {
      return;
    }
    Labels labels = new Labels(rows.stream().map(row -> row.key()).toList(), SAID);
    if (rows.stream().map(row -> labels.of(row.key())).distinct().count() == 1) {
      String about = Chapter.about(rows.getFirst().pair().key());
      singles.add(panel(operation, about, rows, Compared::variant));
      return;
    }
    List<Element> panels = new ArrayList<>();
    Chapter.group(rows, Compared::variant)
        .forEach((variant, mine) -> panels.add(panel(variant, "", mine, row -> name(labels, row))));
    addHeaded(operation, panels);
  }

  private static String name(Labels labels, Compared row) {
    String name = labels.of(row.key());
    return name.isEmpty() ? row.key().get("contract") : name;
  }

  private Element panel(
      String title, String subtitle, List<Compared> rows, Function<Compared, String> name) {
    return Page.panel(
        title,
        subtitle,
        Forest.of(
            title + " against the base",
            rows.stream().map(row -> row(name.apply(row), row)).toList(),
            answer.zone(),
            answer.floor()));
  }

  private static Forest.Row row(String name, Compared row) {
    var effect = row.effect().orElseThrow();
    return new Forest.Row(
        name,
        effect.ratio(),
        effect.low(),
        effect.high(),
        row.verdict() == Verdict.SAME
            ? "~ same"
            : row.verdict().symbol() + " " + Quantity.change(effect),
        style(row.verdict()));
  }

  static String style(Verdict verdict) {
    return switch (verdict) {
      case FASTER -> "good";
      case SLOWER, INCORRECT, INVALID, MISSING_CAND -> "bad";
      case SAME, MISSING_BASE -> "same";
      case INCONCLUSIVE -> "open";
    };
  }
}
