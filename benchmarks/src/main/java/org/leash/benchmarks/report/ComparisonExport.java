package org.leash.benchmarks.report;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.commons.csv.CSVFormat;
import org.leash.benchmarks.compare.Compared;
import org.leash.benchmarks.compare.Comparison;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.compare.RecordedContender;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.stats.Estimate;
import org.leash.benchmarks.stats.TimeRatio;
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
        question.differences().stream()
            .map(each -> ordered("key", each.key(), "base", each.here(), "candidate", each.there()))
            .toList());
    json.put("warnings", question.warnings());
    json.put("pairs", answer.rows().stream().map(row -> fields(question, row)).toList());
    return Json.writeIndented(json);
  }

  private static Object percent(OptionalDouble logarithm) {
    return logarithm.isPresent() ? 100 * Math.expm1(logarithm.getAsDouble()) : null;
  }

  private static Map<String, Object> run(RecordedRun run) {
    return ordered(
        "run_id", run.runId(),
        "complete", run.complete(),
        "git_commit", run.environment().get("git.commit").orElse(null),
        "fingerprint", run.environment().fingerprint());
  }

  private static Map<String, Object> ordered(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }

  private static Map<String, Object> fields(Question question, Compared row) {
    Optional<RecordedContender> base = row.pair().base();
    Optional<RecordedContender> candidate = row.pair().candidate();
    String axis = question.axis().map(Question.Axis::column).orElse("variant");
    Map<String, Object> fields = new LinkedHashMap<>();
    for (String column : Key.COLUMNS) {
      fields.put(column, row.key().get(column));
    }
    put(fields, "base_run_id", base.map(RecordedContender::runId));
    put(fields, "candidate_run_id", candidate.map(RecordedContender::runId));
    put(fields, "base", base.map(each -> each.key().get(axis)));
    time(fields, "base", base);
    time(fields, "candidate", candidate);
    put(fields, "ratio", row.effect().map(TimeRatio::ratio));
    put(fields, "ratio_ci_lo", row.effect().map(TimeRatio::low));
    put(fields, "ratio_ci_hi", row.effect().map(TimeRatio::high));
    put(fields, "p", row.effect().map(TimeRatio::p));
    put(fields, "p_holm", Optional.of(row.adjustedP()));
    put(fields, "forks", row.effect().map(TimeRatio::forks));
    put(fields, "paired", row.effect().map(TimeRatio::paired));
    fields.put("verdict", row.verdict().name());
    put(fields, "forks_needed", row.forksNeeded().stream().boxed().findFirst());
    fields.put("ceilings_moved_pct", percent(question.answer().drift(row.pair())));
    fields.put("reason", row.reason());
    fields.put("mixed", String.join(";", row.pair().mixed()));
    return fields;
  }

  private static void time(
      Map<String, Object> fields, String side, Optional<RecordedContender> contender) {
    Optional<Estimate> nanos = contender.flatMap(RecordedContender::nanos);
    put(fields, side + "_status", contender.map(each -> each.status().name()));
    put(fields, side + "_ns", nanos.map(Estimate::center));
    put(fields, side + "_ci_lo_ns", nanos.map(Estimate::low));
    put(fields, side + "_ci_hi_ns", nanos.map(Estimate::high));
    put(
        fields,
        side + "_pct_ceiling",
        contender.flatMap(each -> each.pctOfCeiling().stream().boxed().findFirst()));
  }

  /** Null if the value is absent or not finite. */
  private static void put(Map<String, Object> fields, String name, Optional<?> value) {
    fields.put(
        name, value.filter(it -> !(it instanceof Double d) || Double.isFinite(d)).orElse(null));
  }
}
