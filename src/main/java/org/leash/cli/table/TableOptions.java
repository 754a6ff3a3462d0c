package org.leash.cli.table;

import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** The output format of tables. */
public final class TableOptions {
  @Option(
      names = "--format",
      defaultValue = "text",
      paramLabel = "text|csv|json",
      description = "output format (default: ${DEFAULT-VALUE})")
  private Table.Format format;

  /** Filled in by picocli. */
  public TableOptions() {}

  /** Whether the output format is text. */
  public boolean isText() {
    return format == Table.Format.TEXT;
  }

  /** Prints a table in the format of the option. */
  public void print(Table table, PrintWriter out) {
    table.print(format, out);
  }
}
