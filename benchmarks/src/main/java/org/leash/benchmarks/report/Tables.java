package org.leash.benchmarks.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.leash.benchmarks.compare.Compared;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.compare.RecordedContender;
import org.leash.benchmarks.compare.Verdict;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.ResultStatus;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.gate.GateFinding;
import org.leash.benchmarks.gate.GateOutcome;
import org.leash.benchmarks.record.Environment;
import org.leash.benchmarks.record.RecordedCheck;
import org.leash.benchmarks.stats.Quantity;
import org.leash.report.Element;
import org.leash.report.HtmlTable;
import org.leash.report.Page;

/** Tables of a report. */
final class Tables {
  private Tables() {}

  private static String name(Key key) {
    return Stream.of(
            key.get("op"), key.get("dtype_in"), key.shape(), key.get("params").replace(";", " "))
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(" "));
  }

  /** Findings of the gate, each with the command that measures it again. */
  static List<Element> findings(List<GateFinding> findings) {
    HtmlTable table = new HtmlTable().column("finding").text("about").text("why");
    for (GateFinding each : findings) {
      Element why = Element.of("td", each.reason());
      if (!each.repro().isEmpty()) {
        why.add(Element.of("br"), Element.of("code", each.repro()));
      }
      table.row(
          Element.of("td", each.outcome().name()).with("class", style(each.outcome())),
          Element.of("td", each.subject()),
          why);
    }
    return findings.isEmpty() ? List.of() : List.of(table.element());
  }

  /** Style of an outcome: open if it needs more evidence. */
  private static String style(GateOutcome outcome) {
    return outcome == GateOutcome.INCONCLUSIVE ? "open" : "bad";
  }

  /** Failed rows. */
  static List<Element> failures(Question question) {
    HtmlTable table = new HtmlTable().column("verdict").column("variant").text("case").text("why");
    int count = 0;
    for (Compared row : question.answer().rows()) {
      boolean failed =
          switch (row.verdict()) {
            case INCORRECT, INVALID -> true;
            case MISSING_CAND -> !question.isAlone(row);
            case FASTER, SLOWER, SAME, INCONCLUSIVE, MISSING_BASE -> false;
          };
      if (failed) {
        count++;
        table.row(
            Element.of("td", row.verdict().symbol() + " " + row.verdict()).with("class", "bad"),
            Element.of("td", row.variant()),
            Element.of("td", name(row.key())),
            why(row));
      }
    }
    return count == 0 ? List.of() : List.of(table.element());
  }

  private static Element why(Compared row) {
    RecordedContender about = row.pair().candidate().or(row.pair()::base).orElseThrow();
    Element why = Element.of("td", row.reason());
    String repro = about.time().get("repro");
    if (!repro.isEmpty()) {
      why.add(Element.of("br"), Element.of("code", repro));
    }
    return why;
  }

  /** Inconclusive pairs, with the number of forks that would decide them. */
  static List<Element> undecided(Question question) {
    HtmlTable table =
        new HtmlTable()
            .column("variant")
            .column("case")
            .numbers("change")
            .numbers("95 % interval")
            .numbers("forks to decide, or reason");
    int count = 0;
    for (Compared row : question.answer().rows()) {
      if (row.verdict() == Verdict.INCONCLUSIVE) {
        count++;
        var effect = row.effect().orElseThrow();
        table.row(
            row.variant(),
            name(row.key()),
            Quantity.change(effect),
            Quantity.interval(effect),
            row.forksNeeded().isPresent()
                ? "about " + row.forksNeeded().getAsInt()
                : row.reason().isEmpty() ? "too many" : row.reason());
      }
    }
    return count == 0
        ? List.of()
        : List.of(Page.details(count + " undecided pairs", List.of(table.element())));
  }

  /** Differing facts, then all facts of the candidate. */
  static List<Element> environment(Question question) {
    List<Element> elements = new ArrayList<>();
    if (question.axis().isEmpty()) {
      List<Environment.Difference> differences = question.differences();
      if (differences.isEmpty()) {
        elements.add(Element.of("p", "Platform and code are identical."));
      } else {
        HtmlTable table = new HtmlTable().column("fact").text("base").text("candidate");
        differences.forEach(each -> table.row(each.key(), each.here(), each.there()));
        elements.add(table.element());
      }
    }
    HtmlTable all = new HtmlTable().column("fact").text("value");
    question
        .candidate()
        .environment()
        .facts()
        .forEach((key, fact) -> all.row(key, (fact.value() + " " + fact.unit()).strip()));
    elements.add(Page.details("All facts of the run", List.of(all.element())));
    return elements;
  }

  /** Largest errors of each variant's outputs; repeated cells are shown once. */
  static List<Element> correctness(Chapter chapter) {
    record Output(String operation, String dtype, String variant, String output) {}
    record About(Output output, RecordedCheck check) {}
    List<About> checks = new ArrayList<>();
    for (RecordedContender each : chapter.question().contenders()) {
      for (RecordedCheck check : each.series().checks()) {
        checks.add(
            new About(
                new Output(
                    each.key().get("op"),
                    each.key().get("dtype_in"),
                    each.key().get("variant"),
                    check.output().isEmpty() ? check.phase() : check.output()),
                check));
      }
    }
    HtmlTable table =
        new HtmlTable()
            .column("operation")
            .column("dtype")
            .column("variant")
            .column("output")
            .column("status")
            .numbers("checks")
            .numbers("absolute error")
            .numbers("relative")
            .numbers("tolerance")
            .column("reference");
    Map<Output, List<About>> groups = Chapter.group(checks, About::output);
    List<String> operations = List.copyOf(chapter.question().byOperation().keySet());
    List<Output> outputs = new ArrayList<>(groups.keySet());
    outputs.sort(
        Comparator.comparingInt((Output each) -> operations.indexOf(each.operation()))
            .thenComparing(Output::dtype)
            .thenComparingInt(each -> chapter.variants().indexOf(each.variant())));
    List<String> above = List.of("", "", "");
    for (Output output : outputs) {
      List<String> about = List.of(output.operation(), output.dtype(), output.variant());
      List<RecordedCheck> mine = groups.get(output).stream().map(About::check).toList();
      RecordedCheck first = mine.getFirst();
      ResultStatus worst =
          mine.stream()
              .map(RecordedCheck::status)
              .filter(status -> status != ResultStatus.OK)
              .findFirst()
              .orElse(ResultStatus.OK);
      table.row(
          unlessRepeated(about, above, 1),
          unlessRepeated(about, above, 2),
          unlessRepeated(about, above, 3),
          Element.of("td", output.output()),
          Element.of("td", worst == ResultStatus.OK ? "✓ OK" : "✗ " + worst)
              .with("class", worst == ResultStatus.OK ? "good" : "bad"),
          Element.of("td", Integer.toString(mine.size())),
          Element.of("td", largest(mine.stream().mapToDouble(RecordedCheck::maxAbsErr))),
          Element.of("td", largest(mine.stream().mapToDouble(RecordedCheck::maxRelErr))),
          Element.of("td", scientific(first.tol())),
          Element.of("td", first.reference()));
      above = about;
    }
    return outputs.isEmpty() ? List.of() : List.of(table.element());
  }

  /** The last of some columns, hidden on screen if all of them equal those above. */
  private static Element unlessRepeated(List<String> row, List<String> above, int columns) {
    Element cell = Element.of("td", row.get(columns - 1));
    return row.subList(0, columns).equals(above.subList(0, columns))
        ? cell.with("class", "ditto")
        : cell;
  }

  private static String largest(DoubleStream values) {
    return scientific(values.filter(Double::isFinite).max().orElse(Double.NaN));
  }

  private static String scientific(double value) {
    return Double.isNaN(value)
        ? ""
        : value == 0
            ? "0"
            : String.format(Locale.ROOT, "%.1e", value).replace("e-0", "e−").replace("e-", "e−");
  }

  /** Events of the run. */
  static List<Element> events(Question question) {
    List<Row> events = question.candidate().events();
    if (events.isEmpty()) {
      return List.of();
    }
    HtmlTable table = new HtmlTable().numbers("fork").column("what").text("about").text("detail");
    events.forEach(
        each ->
            table.row(
                each.has("fork") ? each.get("fork") : "0",
                each.get("kind"),
                each.get("subject"),
                each.get("detail")));
    return List.of(table.element());
  }
}
