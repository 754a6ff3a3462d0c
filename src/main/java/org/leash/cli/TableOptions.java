package org.leash.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** How a command prints its tables. */
final class TableOptions {
  @Option(
      names = "--format",
      defaultValue = "text",
      paramLabel = "text|csv|json",
      description = "of what is printed (default: ${DEFAULT-VALUE})")
  private Table.Format format;

  boolean isText() {
    return format == Table.Format.TEXT;
  }

  void print(Table table, PrintWriter out) {
    table.print(format, out);
  }
}
