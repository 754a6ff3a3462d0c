package org.leash.benchmarks.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.selftest.Noise;
import org.leash.benchmarks.selftest.SyntheticRun;

/** Runs with little noise, and questions about them. */
final class SmallRuns {
  static final Noise QUIET = new Noise(0.001, 0.001, 0, 0.001, 0, 0);

  static SyntheticRun run(String id) {
    return new SyntheticRun(id, QUIET, id.hashCode(), 5, 4).newCase();
  }

  static Question inside(RecordedRun run) {
    return Question.inside(
        run, new Question.Axis("variant", "a"), key -> true, List.of(), Terms.DEFAULT);
  }

  static Question between(RecordedRun base, RecordedRun candidate) {
    return Question.between(
        base, candidate, Optional.empty(), key -> true, List.of(), Terms.DEFAULT);
  }

  static Question anchored(RecordedRun base, RecordedRun candidate, String anchor) {
    return Question.between(
        base, candidate, Optional.of(anchor), key -> true, List.of(), Terms.DEFAULT);
  }

  static Compared row(Question question, String variant) {
    return question.answer().rows().stream()
        .filter(row -> row.pair().key().get("variant").equals(variant))
        .findFirst()
        .orElseThrow();
  }

  /** A run whose rows are changed one by one; null drops a row. */
  static RecordedRun changed(SyntheticRun run, UnaryOperator<Row> change) {
    List<Row> rows = new ArrayList<>();
    for (Row row : run.rows()) {
      Row other = change.apply(row);
      if (other != null) {
        rows.add(other);
      }
    }
    return RecordedRun.of(rows);
  }
}
