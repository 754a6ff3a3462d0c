package org.leash.training.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.leash.analysis.Interval;
import org.leash.report.Bars;
import org.leash.report.Element;
import org.leash.report.HtmlTable;
import org.leash.report.Page;
import org.leash.report.Plot;
import org.leash.report.Scale;
import org.leash.training.Phase;
import org.leash.training.files.RunMetrics;

/**
 * Training runs on one page that opens from disk: what they learned, pass@k before and after with
 * the crossing marked, what became of the support, entropies, gradients and clips, and where the
 * time went. Runs that differ by their seed alone are one curve with an interval.
 */
public final class RunReport {
  /** Colours there are. */
  public static final int MOST_SERIES = 8;

  /** A largest value below this is rounding, which deserves no axis of its own. */
  private static final double NOTHING = 1e-6;

  private static final List<String> REGIONS = List.of("preserved", "expanded", "shrunk", "outside");

  private final List<Curves> series;

  private RunReport(List<Curves> series) {
    this.series = series;
  }

  /**
   * The page as HTML.
   *
   * @throws IllegalArgumentException there are no runs, or more configurations than colours
   */
  public static String of(List<RunMetrics> runs) {
    Map<Map<String, Object>, List<RunMetrics>> same = new LinkedHashMap<>();
    for (RunMetrics run : runs) {
      Map<String, Object> config = new TreeMap<>(run.config());
      config.remove("seed");
      same.computeIfAbsent(config, key -> new ArrayList<>()).add(run);
    }
    if (same.isEmpty() || same.size() > MOST_SERIES) {
      throw new IllegalArgumentException(
          "%d configurations: take runs of at least 1 and at most %d"
              .formatted(same.size(), MOST_SERIES));
    }
    List<Curves> series = new ArrayList<>();
    same.forEach(
        (config, members) ->
            series.add(
                new Curves(
                    members.size() == 1
                        ? members.getFirst().name()
                        : "%s (%d seeds)".formatted(members.getFirst().name(), members.size()),
                    members)));
    return new RunReport(series).page();
  }

  private String page() {
    Page page = Page.of("Training runs");
    page.header(
        Element.of("p", "Bands are 95 % bootstrap intervals over seeds; a single run has none.")
            .with("class", "meta"),
        Page.legend(series.stream().map(Curves::name).toList()));
    page.section("Runs", "", List.of(table(), Page.details("Configurations", configurations())));
    curves(
        page,
        "Reward",
        "Of the completions that were sampled in training, and of evaluations.",
        List.of(
            "reward/mean",
            "reward/accuracy",
            "exact/pass@1",
            "eval/pass@1",
            "reward/frac_zero_std"));
    page.section(
        "pass@k before and after",
        "Grey: the policy before the first step. The vertical line is where it catches up.",
        List.of(Page.panels(series.stream().map(this::passes).filter(Objects::nonNull).toList())));
    page.section(
        "Support",
        "Right answers (prompts, where answers cannot be enumerated) by their regions: preserved,"
            + " expanded, shrunk, outside.",
        List.of(Page.swatches(REGIONS), Page.panels(flows())));
    curves(
        page,
        "Entropies",
        "In nats: of the next token, in training and exactly, and of the answers.",
        List.of(
            "policy/entropy",
            "exact/token_entropy",
            "exact/answer_entropy",
            "eval/answer_entropy"));
    curves(
        page,
        "Gradient and clips",
        "Means over the updates of a step; KL to the policy before the step by k3.",
        List.of(
            "policy/grad_norm",
            "policy/clip_frac",
            "policy/clip_frac_low",
            "policy/clip_frac_high",
            "policy/kl_old",
            "policy/kl_ref",
            "is/ess"));
    if (series.stream().anyMatch(each -> !each.curve("critic/loss").isEmpty())) {
      curves(
          page,
          "Critic",
          "Its values beside what was earned, before the updates of a step.",
          List.of(
              "critic/explained_variance",
              "critic/value_mean",
              "critic/return_mean",
              "critic/loss",
              "critic/clip_frac"));
    }
    page.section("Time of a step", "Means in milliseconds.", List.of(times()));
    return page.html();
  }

  private Element table() {
    HtmlTable table = new HtmlTable().column("run").column("task").column("preset");
    List<String> figures =
        List.of("exact/pass@1", "exact/pass@256", "eval/pass@1", "support/srr", "support/ndr");
    figures.forEach(table::numbers);
    for (Curves each : series) {
      List<String> row = new ArrayList<>();
      row.add(each.name());
      row.add(String.valueOf(each.runs().getFirst().config().get("task")));
      row.add(String.valueOf(each.runs().getFirst().config().get("preset")));
      for (String figure : figures) {
        row.add(arrow(each, full(each, figure)));
      }
      table.row(row.toArray(String[]::new));
    }
    return table.element();
  }

  /** The figure's name with the budget that the run has it at. */
  private static String full(Curves curves, String figure) {
    return curves.runs().getFirst().figures().keySet().stream()
        .filter(name -> name.equals(figure) || name.startsWith(figure + "@k="))
        .findFirst()
        .orElse(figure);
  }

  private static String arrow(Curves curves, String figure) {
    Interval before = curves.end(figure, false);
    Interval after = curves.end(figure, true);
    return Double.isNaN(after.value())
        ? "–"
        : "%s → %s".formatted(decimals(before.value()), decimals(after.value()));
  }

  private static String decimals(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  private List<Element> configurations() {
    HtmlTable table = new HtmlTable().column("setting");
    series.forEach(each -> table.text(each.name()));
    for (String setting : series.getFirst().runs().getFirst().config().keySet()) {
      List<String> row = new ArrayList<>();
      row.add(setting);
      series.forEach(each -> row.add(String.valueOf(each.runs().getFirst().config().get(setting))));
      table.row(row.toArray(String[]::new));
    }
    return List.of(table.element());
  }

  private void curves(Page page, String heading, String introduction, List<String> figures) {
    List<Element> panels = new ArrayList<>();
    for (String figure : figures) {
      List<List<Plot.Point>> curves = series.stream().map(each -> each.curve(figure)).toList();
      if (curves.stream().anyMatch(curve -> !curve.isEmpty())) {
        panels.add(Page.panel(figure, "", plot(figure, curves)));
      }
    }
    page.section(heading, introduction, List.of(Page.panels(panels)));
  }

  private static Element plot(String title, List<List<Plot.Point>> curves) {
    double[] xs = curves.stream().flatMap(List::stream).mapToDouble(Plot.Point::x).toArray();
    double[] ys =
        curves.stream()
            .flatMap(List::stream)
            .flatMapToDouble(
                p ->
                    Double.isFinite(p.low())
                        ? java.util.stream.DoubleStream.of(p.low(), p.high())
                        : java.util.stream.DoubleStream.of(p.y()))
            .toArray();
    Plot plot =
        Plot.of(
            title,
            Scale.linear(min(xs), max(xs), 5),
            Scale.linear(Math.min(0, min(ys)), max(ys) < NOTHING ? 1 : max(ys), 5),
            "step",
            "");
    for (int i = 0; i < curves.size(); i++) {
      if (!curves.get(i).isEmpty()) {
        plot.line(i, curves.get(i));
      }
    }
    return plot.element();
  }

  private static double min(double[] values) {
    return java.util.Arrays.stream(values).min().orElse(0);
  }

  private static double max(double[] values) {
    return java.util.Arrays.stream(values).max().orElse(1);
  }

  /** pass@k of the policy before and after; null where there are no budgets. */
  private Element passes(Curves curves) {
    List<Plot.Point> before = new ArrayList<>();
    List<Plot.Point> after = new ArrayList<>();
    TreeMap<Integer, String> budgets = new TreeMap<>();
    for (String kind : List.of("eval/pass@", "exact/pass@")) {
      for (String name : curves.runs().getFirst().figures().keySet()) {
        if (name.matches(kind + "[0-9]{1,9}")) {
          budgets.put(Integer.parseInt(name.substring(kind.length())), name);
        }
      }
    }
    budgets.forEach(
        (k, name) -> {
          before.add(point(k, curves.end(name, false)));
          after.add(point(k, curves.end(name, true)));
        });
    if (budgets.size() < 2) {
      return null;
    }
    Plot plot =
        Plot.of(
            "pass@k of " + curves.name(),
            Scale.logarithmic(budgets.firstKey(), budgets.lastKey())
                .withTicks(
                    budgets.keySet().stream().map(Integer::doubleValue).toList(),
                    k -> Integer.toString((int) k)),
            Scale.linear(0, 1, 5),
            "k",
            "pass@k");
    plot.curve(
        "track",
        before.stream().mapToDouble(Plot.Point::x).toArray(),
        before.stream().mapToDouble(Plot.Point::y).toArray());
    plot.line(series.indexOf(curves), after);
    double crossing = crossing(before, after);
    if (!Double.isNaN(crossing)) {
      plot.curve("roof", new double[] {crossing, crossing}, new double[] {0, 1});
    }
    return Page.panel(
        curves.name(),
        Double.isNaN(crossing)
            ? "no crossing"
            : "the untrained policy catches up at k = %.1f".formatted(crossing),
        plot.element());
  }

  private static Plot.Point point(int k, Interval of) {
    return new Plot.Point(
        k, of.value(), of.low(), of.high(), "k = %d: %.4f".formatted(k, of.value()));
  }

  /** Where the lead turns from positive to none, linear in log k; NaN where it does not. */
  static double crossing(List<Plot.Point> before, List<Plot.Point> after) {
    for (int i = 1; i < before.size(); i++) {
      double lead = after.get(i - 1).y() - before.get(i - 1).y();
      double next = after.get(i).y() - before.get(i).y();
      if (lead > 0 && next < 0) {
        double share = lead / (lead - next);
        return Math.exp(
            Math.log(before.get(i - 1).x()) * (1 - share) + Math.log(before.get(i).x()) * share);
      }
    }
    return Double.NaN;
  }

  private List<Element> flows() {
    List<Element> panels = new ArrayList<>();
    for (Curves each : series) {
      List<Bars.Bar> bars = new ArrayList<>();
      for (boolean last : new boolean[] {false, true}) {
        List<Bars.Part> parts = new ArrayList<>();
        for (int region = 0; region < REGIONS.size(); region++) {
          String name = full(each, "support/n_" + REGIONS.get(region));
          double value = each.end(name, last).value();
          if (Double.isFinite(value)) {
            parts.add(
                new Bars.Part(region, value, "%s: %.2f".formatted(REGIONS.get(region), value)));
          }
        }
        if (!parts.isEmpty()) {
          bars.add(
              new Bars.Bar(
                  last ? "after" : "before",
                  parts,
                  String.join("·", parts.stream().map(part -> count(part.value())).toList())));
        }
      }
      if (!bars.isEmpty()) {
        panels.add(Page.panel(each.name(), "", Bars.of("support of " + each.name(), bars)));
      }
    }
    return panels;
  }

  /** Expected counts need a decimal where they are not whole. */
  private static String count(double value) {
    return Math.abs(value - Math.rint(value)) < 0.05
        ? Long.toString(Math.round(value))
        : String.format(Locale.ROOT, "%.1f", value);
  }

  private Element times() {
    HtmlTable table = new HtmlTable().column("run");
    for (Phase phase : Phase.values()) {
      table.numbers(phase.id());
    }
    for (Curves each : series) {
      List<String> row = new ArrayList<>();
      row.add(each.name());
      for (Phase phase : Phase.values()) {
        double mean =
            each.runs().stream()
                .flatMap(run -> run.figure("time/" + phase.id() + "_s").values().stream())
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(Double.NaN);
        row.add(Double.isNaN(mean) ? "–" : String.format(Locale.ROOT, "%.3f", 1000 * mean));
      }
      table.row(row.toArray(String[]::new));
    }
    return table.element();
  }
}
