package org.leash.training.files;

import java.nio.file.Path;

/** A file holds what it must not hold; the message names both and what to do. */
public final class BadFileException extends RuntimeException {
  private static final long serialVersionUID = 1;

  BadFileException(Path file, String message) {
    super(file + ": " + message);
  }
}
