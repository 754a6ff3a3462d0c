package org.leash.training.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.leash.analysis.Detectability;
import org.leash.analysis.Interval;
import org.leash.report.Element;
import org.leash.report.Flows;
import org.leash.report.HtmlTable;
import org.leash.report.Page;
import org.leash.training.run.Evaluation;

/** Changes of the support between the first and the last evaluation. */
final class SupportFlows {
  private static final List<String> REGIONS = List.of("preserved", "expanded", "shrunk", "outside");
  private static final List<String> RATES = List.of("srr", "ndr", "sds", "nscr");
  private static final Pattern BUDGET = Pattern.compile("@k=([1-9][0-9]{0,8})$");

  private SupportFlows() {}

  /** A panel; empty where nothing was evaluated. */
  static Optional<Element> of(Curves curves) {
    if (Double.isNaN(region(curves, "preserved"))) {
      return Optional.empty();
    }
    List<Flows.Flow> flows =
        REGIONS.stream()
            .map(
                region -> {
                  double amount = region(curves, region);
                  return new Flows.Flow(amount, region + " " + count(amount));
                })
            .toList();
    return Optional.of(
        Page.panel(
            curves.name(),
            threshold(curves),
            Flows.of(
                "support of " + curves.name(),
                "within",
                "beyond",
                flows.get(0),
                flows.get(1),
                flows.get(2),
                flows.get(3))));
  }

  /** What counts as within the support; "" where the figures do not say for how many samples. */
  private static String threshold(Curves curves) {
    Matcher budget = BUDGET.matcher(curves.full("support/srr"));
    if (!budget.find()) {
      return "";
    }
    int k = Integer.parseInt(budget.group(1));
    return curves.has("exact/pass@1")
        ? String.format(
            Locale.ROOT,
            "within: right answers above ε(%d, %s) = %.4f",
            k,
            Evaluation.ZETA,
            Detectability.epsilon(k, Evaluation.ZETA))
        : String.format(Locale.ROOT, "within: prompts with a right answer among %d samples", k);
  }

  private static double region(Curves curves, String region) {
    return curves.end(curves.full("support/n_" + region), true).value();
  }

  /** Expected counts need a decimal where they are not whole. */
  private static String count(double value) {
    return Math.abs(value - Math.rint(value)) < 0.05
        ? Long.toString(Math.round(value))
        : String.format(Locale.ROOT, "%.1f", value);
  }

  /** Counts and rates of all series, with intervals over seeds. */
  static Element table(List<Curves> series) {
    HtmlTable table = new HtmlTable().column("run");
    REGIONS.forEach(table::numbers);
    RATES.forEach(rate -> table.numbers(rate.toUpperCase(Locale.ROOT)));
    for (Curves each : series) {
      String[] row = new String[1 + REGIONS.size() + RATES.size()];
      row[0] = each.name();
      for (int i = 0; i < REGIONS.size(); i++) {
        double amount = region(each, REGIONS.get(i));
        row[1 + i] = Double.isNaN(amount) ? "–" : count(amount);
      }
      for (int i = 0; i < RATES.size(); i++) {
        row[1 + REGIONS.size() + i] = rate(each.end(each.full("support/" + RATES.get(i)), true));
      }
      table.row(row);
    }
    return table.element();
  }

  private static String rate(Interval of) {
    if (Double.isNaN(of.value())) {
      return "–";
    }
    String text = String.format(Locale.ROOT, "%.3f", of.value());
    String interval =
        Double.isNaN(of.low())
            ? ""
            : String.format(Locale.ROOT, " [%.3f, %.3f]", of.low(), of.high());
    return (text + interval).replace('-', '−');
  }
}
