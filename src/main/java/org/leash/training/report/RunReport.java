package org.leash.training.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.DoubleStream;
import org.leash.analysis.Interval;
import org.leash.report.Element;
import org.leash.report.HtmlTable;
import org.leash.report.Page;
import org.leash.report.Plot;
import org.leash.report.Scale;
import org.leash.training.Phase;
import org.leash.training.record.RunMetrics;
import org.leash.training.run.Metric;

/**
 * Training runs on one page that opens from disk: learning curves, pass@k before and after with the
 * crossing marked, changes of the support, entropies, gradients and clips, and the time of a step.
 * Runs that differ by their seed alone are one curve with an interval.
 */
public final class RunReport {
  /** The number of colours. */
  public static final int MOST_SERIES = 8;

  /** Values below this are rounding errors and get no axis of their own. */
  private static final double NOTHING = 1e-6;

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
    List<Curves> series = Curves.of(runs);
    if (series.isEmpty() || series.size() > MOST_SERIES) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d configurations: take runs of at least 1 and at most %d",
              series.size(),
              MOST_SERIES));
    }
    return new RunReport(series).page();
  }

  private String page() {
    Page page = Page.of("Training runs");
    page.header(
        Element.of("p", "Bands are 95 % bootstrap intervals over seeds; a single run has none.")
            .with("class", "meta"));
    page.section(
        "Runs",
        "Before the first step → after the last.",
        List.of(table(), Page.details("Configurations", List.of(configurations()))));
    page.section(
        "Reward",
        "Of the completions that were sampled in training, and of evaluations.",
        panels(
            "reward/mean",
            "reward/accuracy",
            "exact/pass@1",
            "eval/pass@1",
            "reward/frac_zero_std"));
    List<Element> passes = new ArrayList<>();
    for (int i = 0; i < series.size(); i++) {
      PassCurves.of(series.get(i), i).ifPresent(passes::add);
    }
    page.section(
        "pass@k before and after",
        "Dashed: the policy before the first step. The upright line is where it catches up.",
        passes.isEmpty() ? List.of() : List.of(Page.panels(passes)));
    List<Element> flows = series.stream().map(SupportFlows::of).flatMap(Optional::stream).toList();
    if (!flows.isEmpty()) {
      List<Element> content = new ArrayList<>();
      content.add(Page.panels(flows));
      content.add(SupportFlows.table(series));
      content.addAll(panels("support/srr", "support/ndr", "support/nscr"));
      page.section(
          "Support",
          "Answers within reach of the policy before and after training, and its retention"
              + " (SRR), discovery (NDR) and net change (NSCR) by step.",
          content);
    }
    page.section(
        "Entropies",
        "Of the next token, in training and exactly, and of the answers.",
        panels(
            "policy/entropy",
            "exact/token_entropy",
            "exact/answer_entropy",
            "eval/answer_entropy"));
    page.section(
        "Gradient and clips",
        "Over the updates of a step.",
        panels(
            "policy/grad_norm",
            "policy/clip_frac",
            "policy/clip_frac_low",
            "policy/clip_frac_high",
            "policy/kl_old",
            "policy/kl_ref",
            "is/ess"));
    page.section(
        "Critic",
        "Its values and the returns, before the updates of a step.",
        panels(
            "critic/explained_variance",
            "critic/value_mean",
            "critic/return_mean",
            "critic/loss",
            "critic/clip_frac"));
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
      row.add(each.setting("task"));
      row.add(each.setting("preset"));
      for (String figure : figures) {
        row.add(arrow(each, each.full(figure)));
      }
      table.row(row.toArray(String[]::new));
    }
    return table.element();
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

  /** All settings; the ones that differ between series come first, marked. */
  private Element configurations() {
    HtmlTable table = new HtmlTable().column("setting");
    series.forEach(each -> table.text(each.name()));
    Set<String> differing = Curves.differing(series);
    Set<String> settings = new LinkedHashSet<>(differing);
    settings.addAll(Curves.settings(series));
    for (String setting : settings) {
      List<Element> row = new ArrayList<>();
      row.add(
          Element.of("td").add(Element.of(differing.contains(setting) ? "b" : "span", setting)));
      for (Curves each : series) {
        boolean several = setting.equals("seed") && each.runs().size() > 1;
        row.add(Element.of("td", several ? "several" : each.setting(setting)));
      }
      table.row(row.toArray(Element[]::new));
    }
    return table.element();
  }

  /** The plots of figures by step, with a legend where there are several series. */
  private List<Element> panels(String... figures) {
    List<Element> panels = new ArrayList<>();
    for (String figure : figures) {
      List<List<Plot.Point>> curves =
          series.stream().map(each -> each.curve(each.full(figure))).toList();
      if (curves.stream().anyMatch(curve -> !curve.isEmpty())) {
        Optional<Metric> metric =
            Metric.all().stream()
                .filter(each -> each.isLoggedAs(series.getFirst().full(figure)))
                .findFirst();
        panels.add(
            Page.panel(
                figure,
                metric.map(Metric::formula).orElse(""),
                plot(figure, metric.map(Metric::unit).orElse(""), curves)));
      }
    }
    if (panels.isEmpty()) {
      return List.of();
    }
    List<String> names =
        series.stream()
            .map(
                each ->
                    Arrays.stream(figures).anyMatch(f -> each.has(each.full(f))) ? each.name() : "")
            .toList();
    return series.size() == 1
        ? List.of(Page.panels(panels))
        : List.of(Page.legend(names), Page.panels(panels));
  }

  private static Element plot(String title, String unit, List<List<Plot.Point>> curves) {
    DoubleSummaryStatistics xs =
        curves.stream().flatMap(List::stream).mapToDouble(Plot.Point::x).summaryStatistics();
    DoubleSummaryStatistics ys =
        curves.stream()
            .flatMap(List::stream)
            .flatMapToDouble(p -> DoubleStream.of(p.y(), p.low(), p.high()))
            .filter(Double::isFinite)
            .summaryStatistics();
    boolean flat = ys.getMin() > -NOTHING && ys.getMax() < NOTHING;
    Plot plot =
        Plot.of(
            title,
            Scale.linear(Math.min(0, xs.getMin()), xs.getMax(), 5),
            Scale.linear(Math.min(0, ys.getMin()), flat ? 1 : Math.max(0, ys.getMax()), 5),
            "step",
            unit);
    for (int i = 0; i < curves.size(); i++) {
      if (!curves.get(i).isEmpty()) {
        plot.line(i, curves.get(i));
      }
    }
    return plot.element();
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
