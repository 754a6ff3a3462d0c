package org.leash.benchmarks.process;

import java.util.Locale;
import java.util.Optional;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;

/**
 * A report of a fork to its parent: a line of standard output that begins with a mark. Rows are
 * written as in the run's files.
 */
sealed interface Message {
  String MARK = "\u0001leash ";
  String CASE = "case";
  String AT_WORK = "at-work";

  /** A row for a file. */
  record Append(Row row) implements Message {}

  /** A case of the plan begins; the number after the last: all are done. */
  record CaseBegins(int index) implements Message {}

  /** A contender begins to run. The row of checks blames it if it does not return. */
  record AtWork(Row blame) implements Message {}

  static String append(Row row) {
    return MARK + row.table().id() + " " + row.toLine();
  }

  static String caseBegins(int index) {
    return MARK + CASE + " " + index;
  }

  static String atWork(Row blame) {
    return MARK + AT_WORK + " " + blame.toLine();
  }

  /** Reads a line; empty for output of libraries. */
  static Optional<Message> parse(String line) {
    if (!line.startsWith(MARK)) {
      return Optional.empty();
    }
    String[] parts = line.substring(MARK.length()).split(" ", 2);
    return Optional.of(
        switch (parts[0]) {
          case CASE -> new CaseBegins(Integer.parseInt(parts[1]));
          case AT_WORK -> new AtWork(Row.parse(RunTable.CHECKS, parts[1]));
          default ->
              new Append(Row.parse(RunTable.valueOf(parts[0].toUpperCase(Locale.ROOT)), parts[1]));
        });
  }
}
