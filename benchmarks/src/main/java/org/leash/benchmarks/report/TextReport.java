package org.leash.benchmarks.report;

import static picocli.CommandLine.Help.Ansi.Style.bold;
import static picocli.CommandLine.Help.Ansi.Style.faint;
import static picocli.CommandLine.Help.Ansi.Style.fg_green;
import static picocli.CommandLine.Help.Ansi.Style.fg_red;
import static picocli.CommandLine.Help.Ansi.Style.fg_yellow;
import static picocli.CommandLine.Help.Ansi.Style.reset;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.leash.benchmarks.compare.Compared;
import org.leash.benchmarks.compare.Comparison;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.compare.RecordedContender;
import org.leash.benchmarks.compare.Verdict;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.Labels;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.stats.Quantity;
import org.leash.files.TextTable;
import org.leash.files.TextTable.Cell;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;

/**
 * A comparison as text for a terminal. Inside a run: a line per case and columns per contender, in
 * as many tables as the width requires, each with the base. Between runs: a line per pair.
 */
public final class TextReport {
  private static final String LEGEND =
      """
      ▲ faster  ▼ slower  ~ same, shown to be inside the zone  ? undecided (forks that would probably do)  ✗ incorrect  ! no \
      believable time
      ± half of the 95 %% interval over forks; share of the ceiling that binds: r read, u update, c copy, e exp
      """
          .replace("%%", "%");

  private static final String INDENT = " ";

  private final Question question;
  private final Ansi ansi;
  private final int width;

  private TextReport(Question question, Ansi ansi, int width) {
    this.question = question;
    this.ansi = ansi;
    this.width = width;
  }

  /** The report, with lines of at most some width where possible. */
  public static String of(Question question, Ansi ansi, int width) {
    return new TextReport(question, ansi, width).text();
  }

  private String text() {
    StringBuilder text = new StringBuilder(head());
    question.byOperation().forEach((operation, rows) -> text.append('\n').append(operation(rows)));
    text.append("\nverdicts: ").append(question.verdicts()).append('\n').append(LEGEND);
    question.warnings().forEach(each -> text.append("warning: ").append(each).append('\n'));
    return text.toString();
  }

  private String head() {
    StringBuilder head = new StringBuilder();
    if (question.axis().isPresent()) {
      head.append("run ").append(name(question.candidate())).append('\n');
    } else {
      head.append("base  ").append(name(question.base())).append('\n');
      head.append("cand  ").append(name(question.candidate())).append('\n');
      head.append("env   ").append(environment()).append('\n');
    }
    head.append(terms(question)).append('\n');
    return head.toString();
  }

  /** Terms of the verdicts. */
  public static String terms(Question question) {
    Comparison answer = question.answer();
    return String.format(
        Locale.ROOT,
        "A/A floor %s · zone ±%s%s · Holm over %d comparisons",
        distance(answer.floor()),
        Quantity.distance(answer.zone()),
        question.axis().isPresent() ? "" : " · ceilings moved by up to " + distance(answer.drift()),
        answer.rows().stream().filter(row -> row.effect().isPresent()).count());
  }

  private static String distance(OptionalDouble logarithm) {
    return logarithm.isPresent() ? Quantity.distance(logarithm.getAsDouble()) : "unknown";
  }

  /** Name of a run, with its commit and machine. */
  public static String name(RecordedRun run) {
    String commit =
        run.environment()
            .get("git.commit")
            .map(hash -> hash.substring(0, Math.min(7, hash.length())))
            .orElse("?");
    String dirty =
        run.environment().get("git.dirty").filter("true"::equals).map(yes -> "+").orElse("");
    String machine =
        run.environment().get("gpu.name").or(() -> run.environment().get("cpu.name")).orElse("?");
    return Labels.plain(
        "%s (%s%s) on %s%s"
            .formatted(run.runId(), commit, dirty, machine, run.complete() ? "" : " · PARTIAL"));
  }

  private String environment() {
    var differences = question.differences();
    if (differences.isEmpty()) {
      return "identical";
    }
    return "differs in "
        + differences.stream()
            .map(each -> Labels.plain(each.key()))
            .collect(Collectors.joining(", "));
  }

  private String operation(List<Compared> rows) {
    if (question.axis().isEmpty()) {
      return title(rows, Set.of("variant")) + indented(list(rows));
    }
    String axis = question.axis().get().column();
    return title(rows, Set.of(axis))
        + tables(rows, axis).stream().map(TextReport::indented).collect(Collectors.joining("\n"));
  }

  /** Tables of all other contenders, as many in each as fit the width. */
  private List<TextTable> tables(List<Compared> rows, String axis) {
    List<TextTable> tables = new ArrayList<>();
    List<String> left =
        new ArrayList<>(
            rows.stream()
                .flatMap(row -> row.pair().candidate().stream())
                .map(RecordedContender::key)
                .sorted(
                    Comparator.comparing((Key key) -> key.get("role"))
                        .thenComparing(key -> key.get(axis)))
                .map(key -> key.get(axis))
                .distinct()
                .toList());
    do {
      int fitting = left.size();
      while (fitting > 1
          && pivot(rows, axis, left.subList(0, fitting)).width() + INDENT.length() > width) {
        fitting--;
      }
      List<String> others = left.subList(0, fitting);
      tables.add(pivot(rows, axis, others));
      others.clear();
    } while (!left.isEmpty());
    return tables;
  }

  private static String indented(TextTable table) {
    return table.render().replaceAll("(?m)^(?=.)", INDENT);
  }

  private Cell cell(String text, Style... styles) {
    return new Cell(text, false, plain -> painted(plain, styles));
  }

  private String painted(String text, Style... styles) {
    if (!ansi.enabled() || styles.length == 0 || text.isEmpty()) {
      return text;
    }
    return Stream.of(styles).map(style -> style.on()).collect(Collectors.joining())
        + text
        + reset.off();
  }

  private String title(List<Compared> rows, Set<String> elsewhere) {
    String title = new Labels(keys(rows), elsewhere).title();
    return painted(title, bold) + "\n";
  }

  private static List<Key> keys(List<Compared> rows) {
    return rows.stream().map(row -> row.key()).toList();
  }

  /** A line per case with the base, then time and change of some others. */
  private TextTable pivot(List<Compared> rows, String axis, List<String> others) {
    Labels labels = new Labels(keys(rows), Set.of(axis));
    Map<String, Map<String, Compared>> cases = new LinkedHashMap<>();
    for (Compared row : rows) {
      cases
          .computeIfAbsent(labels.of(row.key()), name -> new LinkedHashMap<>())
          .put(row.key().get(axis), row);
    }
    Optional<String> base =
        rows.stream()
            .flatMap(row -> row.pair().base().stream())
            .map(each -> each.key().get(axis))
            .findFirst();
    TextTable table = new TextTable();
    List<Cell> header =
        new ArrayList<>(List.of(cell(""), cell(Labels.plain(base.orElse("")) + " (base)", bold)));
    others.forEach(other -> header.addAll(List.of(cell(Labels.plain(other), bold), cell(""))));
    table.line(header);
    cases.forEach(
        (name, cells) -> {
          List<Cell> line = new ArrayList<>(List.of(cell(name)));
          line.add(time(cells.values().iterator().next().pair().base(), false));
          for (String other : others) {
            Compared row = cells.get(other);
            line.add(
                row == null ? cell("–", faint) : time(row.pair().candidate(), isBest(row, cells)));
            line.add(row == null ? cell("") : change(row));
          }
          table.line(line);
        });
    List<Cell> means = new ArrayList<>(List.of(cell("geometric mean", faint), cell("")));
    for (String other : others) {
      List<Compared> column =
          cases.values().stream()
              .filter(each -> each.containsKey(other))
              .map(each -> each.get(other))
              .toList();
      means.add(cell(""));
      means.add(cell(mean(column, cases.size()), faint));
    }
    table.line(means);
    return table;
  }

  private static boolean isBest(Compared row, Map<String, Compared> cells) {
    return row.verdict() == Verdict.FASTER
        && cells.values().stream()
            .filter(other -> other.effect().isPresent())
            .allMatch(other -> other.changePct() >= row.changePct());
  }

  /** The geometric mean over all cases, or how many of them have a time. */
  static String mean(List<Compared> rows, int cases) {
    OptionalDouble mean = Comparison.geometricMean(rows);
    if (mean.isPresent() && rows.size() == cases) {
      return Quantity.significant(mean.getAsDouble(), 3) + "×";
    }
    long timed = rows.stream().filter(row -> row.effect().isPresent()).count();
    return String.format(Locale.ROOT, "n/a (%d of %d)", timed, cases);
  }

  private TextTable list(List<Compared> rows) {
    Labels labels = new Labels(keys(rows), Set.of("variant"));
    TextTable table = new TextTable();
    table.line(
        Stream.of("case", "variant", "base", "candidate", "change")
            .map(each -> cell(each, faint))
            .toList());
    String previous = "";
    for (Compared row : rows) {
      String name = labels.of(row.key());
      table.line(
          List.of(
              cell(name.equals(previous) ? "" : name),
              cell(Labels.plain(row.variant())),
              time(row.pair().base(), false),
              time(row.pair().candidate(), false),
              change(row)));
      previous = name;
    }
    table.line(
        Stream.of("geometric mean", "", "", "", mean(rows, rows.size()))
            .map(each -> cell(each, faint))
            .toList());
    return table;
  }

  private Cell time(Optional<RecordedContender> contender, boolean best) {
    if (contender.isEmpty()) {
      return cell("–", faint);
    }
    RecordedContender present = contender.get();
    if (present.nanos().isEmpty()) {
      return cell(present.status().name(), fg_red);
    }
    StringBuilder text = new StringBuilder(Quantity.time(present.nanos().get()));
    String spread = Quantity.spread(present.nanos().get());
    if (!spread.isEmpty()) {
      text.append(' ').append(spread);
    }
    present
        .pctOfCeiling()
        .ifPresent(
            pct ->
                text.append(String.format(Locale.ROOT, " %.0f%%", pct))
                    .append(present.time().get("ceiling_kind").charAt(0)));
    return best ? cell(text.toString(), bold) : cell(text.toString());
  }

  private Cell change(Compared row) {
    return cell(describe(row), style(row));
  }

  /** The verdict with its evidence, such as {@code −7.2 % ▲} or {@code ? −0.4 % (9 forks)}. */
  static String describe(Compared row) {
    String change = row.effect().map(Quantity::change).orElse("");
    String symbol = row.verdict().symbol();
    return switch (row.verdict()) {
      case FASTER, SLOWER -> change + " " + symbol;
      case SAME -> symbol + " same";
      case INCONCLUSIVE -> symbol + " " + change + " (" + whatWouldDo(row) + ")";
      case MISSING_BASE -> symbol + " new";
      case MISSING_CAND -> symbol + " missing";
      case INCORRECT, INVALID -> symbol + " " + Labels.plain(row.reason());
    };
  }

  static String whatWouldDo(Compared row) {
    if (!row.reason().isEmpty()) {
      return row.reason();
    }
    return row.forksNeeded().isPresent()
        ? "~" + row.forksNeeded().getAsInt() + " forks"
        : "no number of forks";
  }

  private static Style[] style(Compared row) {
    return switch (row.verdict()) {
      case FASTER -> new Style[] {fg_green};
      case SLOWER -> new Style[] {fg_red};
      case INCORRECT, INVALID, MISSING_CAND -> new Style[] {bold, fg_red};
      case INCONCLUSIVE -> new Style[] {fg_yellow};
      case SAME, MISSING_BASE -> new Style[] {faint};
    };
  }
}
