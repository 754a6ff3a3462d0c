package org.leash;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A text names no path. The usual reason is the locale: where it encodes names in ASCII alone, as
 * {@code LC_ALL=C} does, Java can name no other file.
 */
public final class BadPathException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private BadPathException(String message, InvalidPathException cause) {
    super(message, cause);
  }

  /**
   * The path that a command line, a property or an environment variable names; also, if it is
   * relative, the working folder must be one that Java can name.
   *
   * @throws BadPathException it names none; the message has the text and a remedy
   */
  public static Path parse(String text) {
    try {
      Path path = Path.of(text);
      if (!path.isAbsolute()) {
        // Java resolves the path against this text, and would read and write elsewhere.
        Path _ = Path.of(System.getProperty("user.dir"));
      }
      return path;
    } catch (InvalidPathException e) {
      throw new BadPathException(
          e.getInput().indexOf('\0') >= 0
              ? "the path \"%s\" has a NUL character; remove it"
                  .formatted(e.getInput().replace('\0', '?'))
              : "the path \"%s\" cannot be encoded in this locale's %s; set LC_ALL=C.UTF-8 or rename it"
                  .formatted(e.getInput(), System.getProperty("sun.jnu.encoding")),
          e);
    }
  }
}
