package org.leash.training.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;

/**
 * A metric of training, with its names in other libraries. All are in one table, {@code
 * metrics.csv}; nothing else is logged.
 *
 * @param name with {@code {k}} for a budget
 * @param trl TRL's name, or "" if it has no such metric
 * @param verl verl's name, likewise
 * @param unit nats, s, ms, tokens or tokens/s; "" for a number without one
 * @param formula its definition, and differences to the others
 */
public record Metric(String name, String trl, String verl, String unit, String formula) {
  private static final List<Metric> ALL = read();

  /** All of them, in the order of the table. */
  public static List<Metric> all() {
    return ALL;
  }

  private static List<Metric> read() {
    CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
    try (InputStream table = Metric.class.getResourceAsStream("metrics.csv")) {
      return format.parse(new InputStreamReader(table, StandardCharsets.UTF_8)).stream()
          .map(
              row ->
                  new Metric(
                      row.get("name"),
                      row.get("trl"),
                      row.get("verl"),
                      row.get("unit"),
                      row.get("formula")))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a name in the files of a run is this one, with some budget. */
  public boolean isLoggedAs(String logged) {
    String pattern = Pattern.quote(name).replace("{k}", "\\E[0-9]+\\Q");
    return Pattern.matches(pattern, logged);
  }

  /** Whether evaluations log a name, and not every step. */
  public static boolean isOfEvaluations(String logged) {
    return Pattern.matches("(eval|exact|support)/.*", logged)
        && ALL.stream().anyMatch(metric -> metric.isLoggedAs(logged));
  }

  /** Whether a word is part of one of its names or of its formula, in any case. */
  public boolean mentions(String word) {
    Pattern pattern = Pattern.compile(Pattern.quote(word), Pattern.CASE_INSENSITIVE);
    return Stream.of(name, trl, verl, formula).anyMatch(text -> pattern.matcher(text).find());
  }
}
