package org.leash.benchmarks.report;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.leash.benchmarks.compare.Compared;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.compare.RecordedContender;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.Labels;
import org.leash.benchmarks.stats.Quantity;

/** A comparison as Markdown tables, one per operation, for a comment on a change. */
public final class MarkdownReport {
  private MarkdownReport() {}

  /** The tables, with terms and warnings. */
  public static String of(Question question) {
    StringBuilder text = new StringBuilder();
    text.append("**verdicts: ").append(escape(question.verdicts())).append("**  \n");
    text.append("base ").append(TextReport.name(question.base()).transform(MarkdownReport::escape));
    if (question.axis().isPresent()) {
      text.append(", ").append(escape(question.axis().get().base()));
    } else {
      text.append("; candidate ").append(escape(TextReport.name(question.candidate())));
    }
    text.append("  \n").append(escape(TextReport.terms(question))).append('\n');
    question.byOperation().forEach((operation, rows) -> text.append(table(question, rows)));
    question.warnings().forEach(each -> text.append("\n⚠ ").append(escape(each)).append("  \n"));
    return text.toString();
  }

  private static String table(Question question, List<Compared> rows) {
    List<Key> keys = rows.stream().map(row -> row.key()).toList();
    Labels labels = new Labels(keys, Set.of("variant"));
    StringBuilder text = new StringBuilder();
    text.append("\n### ").append(escape(labels.title())).append("\n\n");
    text.append("| case | variant | base | candidate | change | 95 % interval | verdict |\n");
    text.append("|:--|:--|--:|--:|--:|:-:|:--|\n");
    for (Compared row : rows) {
      text.append("| ")
          .append(
              List.of(
                      labels.of(row.key()),
                      row.variant(),
                      time(row.pair().base()),
                      time(row.pair().candidate()),
                      row.effect().map(Quantity::change).orElse("–"),
                      row.effect().map(Quantity::interval).orElse("–"),
                      question.isAlone(row) ? "–" : verdict(row))
                  .stream()
                  .map(MarkdownReport::escape)
                  .collect(Collectors.joining(" | ")))
          .append(" |\n");
    }
    return text.append("\nGeometric mean of the ratios: ")
        .append(TextReport.mean(rows, rows.size()))
        .append('\n')
        .toString();
  }

  private static String verdict(Compared row) {
    String verdict = row.verdict().symbol() + " " + row.verdict();
    return switch (row.verdict()) {
      case INCONCLUSIVE -> verdict + " (" + TextReport.whatWouldDo(row) + ")";
      default -> row.reason().isEmpty() ? verdict : verdict + ": " + row.reason();
    };
  }

  private static String time(Optional<RecordedContender> contender) {
    return contender
        .map(
            each ->
                each.nanos()
                    .map(nanos -> Quantity.time(nanos) + " " + Quantity.spread(nanos))
                    .orElseGet(() -> each.status().name()))
        .orElse("–");
  }

  /** Escapes text for a cell of a Markdown table. */
  public static String escape(String text) {
    return Labels.plain(text.strip()).replaceAll("([\\\\`*_{}\\[\\]<>#|!&~])", "\\\\$1");
  }
}
