package org.leash.benchmarks.report;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.apache.commons.csv.CSVFormat;
import org.leash.benchmarks.compare.Compared;
import org.leash.benchmarks.compare.Comparison;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.compare.RecordedContender;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.record.Environment;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.stats.Estimate;
import org.leash.benchmarks.stats.LogRatio;
import org.leash.files.Json;

/**
 * A comparison as CSV or JSON: a row per pair, full precision, units in the names, empty if not
 * measured.
 */
public final class ComparisonExport {
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180.builder().setRecordSeparator("\n").get();

  private ComparisonExport() {}

  /** A header and a line per pair. */
  public static String csv(Question question) {
    StringBuilder text = new StringBuilder();
    for (Compared row : question.answer().rows()) {
      Map<String, Object> fields = fields(question, row);
      if (text.isEmpty()) {
        text.append(FORMAT.format(fields.keySet().toArray())).append('\n');
      }
      text.append(FORMAT.format(fields.values().stream().map(ComparisonExport::orEmpty).toArray()))
          .append('\n');
    }
    return text.toString();
  }

  private static Object orEmpty(Object value) {
    return value == null ? "" : value;
  }

  /** An object with the runs, the terms, the warnings and the pairs. */
  public static String json(Question question) {
    Comparison answer = question.answer();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("base", run(question.base()));
    json.put("candidate", run(question.candidate()));
    json.put("zone_pct", 100 * Math.expm1(answer.zone()));
    json.put("significance", answer.terms().significance());
    json.put("aa_floor_pct", percent(answer.floor()));
    json.put(
        "environment_differences",
        question.differences().stream().map(ComparisonExport::difference).toList());
    json.put("warnings", question.warnings());
    json.put("pairs", answer.rows().stream().map(row -> fields(question, row)).toList());
    return Json.writeIndented(json);
  }

  private static Map<String, Object> difference(Environment.Difference difference) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("key", difference.key());
    fields.put("base", difference.here());
    fields.put("candidate", difference.there());
    return fields;
  }

  private static Object percent(OptionalDouble logarithm) {
    return logarithm.isPresent() ? 100 * Math.expm1(logarithm.getAsDouble()) : null;
  }

  private static Map<String, Object> run(RecordedRun run) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("run_id", run.runId());
    facts.put("complete", run.complete());
    facts.put("git_commit", run.environment().get("git.commit").orElse(null));
    facts.put("fingerprint", run.environment().fingerprint());
    return facts;
  }

  private static Map<String, Object> fields(Question question, Compared row) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (String column : Key.COLUMNS) {
      fields.put(column, row.pair().key().get(column));
    }
    fields.put("base_run_id", row.pair().base().map(RecordedContender::runId).orElse(null));
    fields.put(
        "candidate_run_id", row.pair().candidate().map(RecordedContender::runId).orElse(null));
    fields.put(
        "base",
        row.pair()
            .base()
            .map(
                each ->
                    each.key().get(question.axis().map(Question.Axis::column).orElse("variant")))
            .orElse(null));
    time(fields, "base", row.pair().base());
    time(fields, "candidate", row.pair().candidate());
    number(fields, "ratio", row.effect(), LogRatio::ratio);
    number(fields, "ratio_ci_lo", row.effect(), LogRatio::low);
    number(fields, "ratio_ci_hi", row.effect(), LogRatio::high);
    number(fields, "p", row.effect(), LogRatio::p);
    fields.put("p_holm", finite(row.adjustedP()));
    fields.put("forks", row.effect().map(LogRatio::forks).orElse(null));
    fields.put("paired", row.effect().map(LogRatio::paired).orElse(null));
    fields.put("verdict", row.verdict().name());
    fields.put(
        "forks_needed",
        row.forksNeeded().isPresent() ? (Object) row.forksNeeded().getAsInt() : null);
    fields.put("ceilings_moved_pct", percent(question.answer().drift(row.pair())));
    fields.put("reason", row.reason());
    fields.put("mixed", String.join(";", row.pair().mixed()));
    return fields;
  }

  private static void time(
      Map<String, Object> fields, String side, Optional<RecordedContender> contender) {
    Optional<Estimate> nanos = contender.flatMap(RecordedContender::nanos);
    fields.put(side + "_status", contender.map(each -> each.status().name()).orElse(null));
    fields.put(side + "_ns", nanos.map(Estimate::center).orElse(null));
    fields.put(side + "_ci_lo_ns", nanos.map(each -> finite(each.low())).orElse(null));
    fields.put(side + "_ci_hi_ns", nanos.map(each -> finite(each.high())).orElse(null));
    OptionalDouble pct =
        contender.map(RecordedContender::pctOfCeiling).orElse(OptionalDouble.empty());
    fields.put(side + "_pct_ceiling", pct.isPresent() ? (Object) pct.getAsDouble() : null);
  }

  private static void number(
      Map<String, Object> fields,
      String name,
      Optional<LogRatio> effect,
      Function<LogRatio, Double> value) {
    fields.put(name, effect.map(value).map(ComparisonExport::finite).orElse(null));
  }

  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
