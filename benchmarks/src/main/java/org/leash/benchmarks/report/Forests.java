package org.leash.benchmarks.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.leash.benchmarks.compare.Compared;
import org.leash.benchmarks.compare.Comparison;
import org.leash.benchmarks.compare.Labels;
import org.leash.benchmarks.compare.Quantity;
import org.leash.benchmarks.compare.Verdict;
import org.leash.report.Element;
import org.leash.report.Forest;
import org.leash.report.Page;

/** The ratio of every pair with its interval, a plot for each operation and variant. */
final class Forests {
  private Forests() {}

  static List<Element> of(Chapter chapter) {
    Comparison answer = chapter.question().answer();
    List<Element> panels = new ArrayList<>();
    List<String> operations = List.copyOf(chapter.question().byOperation().keySet());
    List<Compared> timed =
        new ArrayList<>(answer.rows().stream().filter(row -> row.effect().isPresent()).toList());
    // Variants in the order of their colours.
    timed.sort(
        Comparator.comparingInt((Compared row) -> operations.indexOf(row.pair().key().get("op")))
            .thenComparingInt(row -> chapter.variants().indexOf(row.pair().key().get("variant"))));
    Map<List<String>, List<Compared>> groups =
        Chapter.group(timed, row -> Chapter.values(row.pair().key(), List.of("op", "variant")));
    groups.forEach(
        (group, rows) -> {
          Labels labels =
              new Labels(
                  rows.stream().map(row -> row.pair().key()).toList(), Set.of("variant", "op"));
          panels.add(
              Page.panel(
                  group.get(1),
                  group.get(0),
                  Forest.of(
                      group.get(1) + " against the base",
                      rows.stream().map(row -> row(labels, row)).toList(),
                      answer.zone(),
                      answer.floor())));
        });
    return panels.isEmpty() ? List.of() : List.of(Page.panels(panels));
  }

  private static Forest.Row row(Labels labels, Compared row) {
    var effect = row.effect().orElseThrow();
    String name = labels.of(row.pair().key());
    return new Forest.Row(
        name.isEmpty() ? row.pair().key().get("contract") : name,
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
