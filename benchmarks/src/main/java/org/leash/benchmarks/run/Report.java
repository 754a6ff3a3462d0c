package org.leash.benchmarks.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.leash.benchmarks.compare.Quantity;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Status;
import org.leash.benchmarks.stats.Estimate;

/**
 * Results for people: a line for each case, a column for each variant, in each cell the time with
 * the half width of its confidence interval, the share of the ceiling, and the time as a multiple
 * of the base's. Columns that have nothing in an operation's cases are left out.
 */
public final class Report {
  private static final Set<String> TIMES =
      Set.of("wall_sync_time", "submit_time", "device_time", "downcall_time");

  /** The names of the roles happen to be in the order in which one wants to read them. */
  private static final Comparator<Row> LEFT_TO_RIGHT =
      Comparator.comparing((Row row) -> row.get("role")).thenComparing(row -> row.get("variant"));

  private final Map<String, Map<String, Row>> cases = new LinkedHashMap<>();
  private final Set<String> variants = new LinkedHashSet<>();

  private Report(List<Row> times) {
    for (Row row : times) {
      String variant = column(row);
      variants.add(variant);
      cases.computeIfAbsent(describe(Key.of(row)), name -> new LinkedHashMap<>()).put(variant, row);
    }
  }

  /** All results as tables, one for each operation. */
  public static String of(List<Row> results) {
    Map<String, List<Row>> operations = new LinkedHashMap<>();
    results.stream()
        .filter(row -> TIMES.contains(row.get("metric")))
        .sorted(LEFT_TO_RIGHT)
        .forEach(
            row -> operations.computeIfAbsent(row.get("op"), op -> new ArrayList<>()).add(row));
    StringBuilder text = new StringBuilder();
    operations.forEach(
        (operation, rows) ->
            text.append(operation).append('\n').append(new Report(rows).table()).append('\n'));
    return text.append(LEGEND).toString();
  }

  private static final String LEGEND =
      """
      cell: time ± half of the 95 % interval over forks, share of the ceiling that binds (r read, u update, c copy, e exp),
            time as a multiple of the base's (the fastest of ours, or c)
      """;

  private static String column(Row row) {
    return row.get("variant") + (row.get("role").equals("null") ? " again" : "");
  }

  private static String describe(Key key) {
    if (key.get("op").equals("dispatch")) {
      return key.get("contract").replace('_', ' ');
    }
    String shape = "%s×%s".formatted(key.get("rows"), key.get("cols"));
    return "%s %s %s %s"
        .formatted(
            shape,
            key.get("dtype_in"),
            key.get("input_dist").replaceAll("_.*", ""),
            key.get("params").replace("threads=", "t=").replace(";", " "));
  }

  private String table() {
    List<List<String>> lines = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of(""));
    header.addAll(variants);
    lines.add(header);
    cases.forEach(
        (name, cells) -> {
          List<String> line = new ArrayList<>(List.of(name));
          for (String variant : variants) {
            line.add(cells.containsKey(variant) ? cell(cells.get(variant)) : "–");
          }
          lines.add(line);
        });
    return align(lines);
  }

  private static String cell(Row row) {
    if (!row.get("status").equals(Status.OK.name())) {
      return "✗ " + row.get("status");
    }
    Estimate time =
        new Estimate(
            row.number("center"),
            row.number("ci_lo", Double.NaN),
            row.number("ci_hi", Double.NaN),
            row.count("n_forks"));
    StringBuilder cell = new StringBuilder(Quantity.time(time));
    String spread = Quantity.spread(time);
    cell.append(spread.isEmpty() ? "" : " " + spread);
    if (!row.get("pct_ceiling").isEmpty()) {
      cell.append(
          String.format(
              Locale.ROOT,
              " %.0f%%%s",
              row.number("pct_ceiling"),
              row.get("ceiling_kind").charAt(0)));
    }
    if (!row.get("ratio_to_base").isEmpty()) {
      cell.append(String.format(Locale.ROOT, " %.2f×", row.number("ratio_to_base")));
    }
    return cell.toString();
  }

  private static String align(List<List<String>> lines) {
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder padded = new StringBuilder(" ");
      for (int i = 0; i < line.size(); i++) {
        int column = i;
        int width = lines.stream().mapToInt(each -> each.get(column).length()).max().orElse(0);
        padded.append(' ').append(line.get(i)).repeat(' ', width - line.get(i).length() + 1);
      }
      text.append(padded.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
