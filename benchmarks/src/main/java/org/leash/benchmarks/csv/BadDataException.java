package org.leash.benchmarks.csv;

import java.nio.file.Path;

/** A file does not hold what it should. The message names the file, the line and the column. */
public final class BadDataException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public BadDataException(String message) {
    super(message);
  }

  /**
   * A file with something wrong in one place.
   *
   * @param line from 1 on
   * @param column its name; "" where the line as a whole is at fault
   */
  public BadDataException(Path file, long line, String column, String why) {
    this("%s:%d: %s%s".formatted(file, line, column.isEmpty() ? "" : column + ": ", why));
  }
}
