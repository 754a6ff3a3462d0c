package org.leash.files;

import java.nio.file.Path;
import java.util.Locale;

/** A file has invalid content. The message names the file, the place if known, and the fault. */
public final class BadFileException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** An exception with a complete message. */
  public BadFileException(String message) {
    super(message);
  }

  /** A fault of a whole file. */
  public BadFileException(Path file, String fault) {
    this(file + ": " + fault);
  }

  /**
   * A fault in one place.
   *
   * @param line counted from 1
   * @param where the column, or the path to a JSON value; "" for the whole line
   */
  public BadFileException(Path file, long line, String where, String fault) {
    this(
        String.format(
            Locale.ROOT, "%s:%d: %s%s", file, line, where.isEmpty() ? "" : where + ": ", fault));
  }
}
