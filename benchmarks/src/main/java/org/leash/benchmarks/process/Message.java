package org.leash.benchmarks.run;

import java.util.Locale;
import java.util.Optional;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Table;

/** What a fork says to its parent, each on a line of standard output that begins with a mark. */
sealed interface Message {
  String MARK = "\u0001leash ";
  String ENTRY = "entry";
  String AT_WORK = "at-work";

  /** Something to be written to a file. */
  record Append(Row row) implements Message {}

  /** From now on an entry of the plan is played; one past the last: all have been. */
  record EntryBegins(int index) implements Message {}

  /** From now on a contender is at work. The row of checks says so if it fails to come back. */
  record AtWork(Row blame) implements Message {}

  static String row(Row row) {
    return MARK + row.table().id() + " " + row.toLine();
  }

  static String entry(int index) {
    return MARK + ENTRY + " " + index;
  }

  static String atWork(Row blame) {
    return MARK + AT_WORK + " " + blame.toLine();
  }

  /** Reads a line; empty for lines that libraries print. */
  static Optional<Message> parse(String line) {
    if (!line.startsWith(MARK)) {
      return Optional.empty();
    }
    String rest = line.substring(MARK.length());
    int space = rest.indexOf(' ');
    String kind = rest.substring(0, space);
    String body = rest.substring(space + 1);
    return Optional.of(
        switch (kind) {
          case ENTRY -> new EntryBegins(Integer.parseInt(body));
          case AT_WORK -> new AtWork(Row.parse(Table.CHECKS, body));
          default -> {
            Table table = Table.valueOf(kind.toUpperCase(Locale.ROOT));
            yield new Append(Row.parse(table, body));
          }
        });
  }
}
