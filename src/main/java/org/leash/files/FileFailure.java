package org.leash.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** I/O errors as one line for users: what failed, on which file, and why. */
public final class FileFailure {
  private FileFailure() {}

  /** An exception with the message "cannot read FILE: REASON". */
  public static UncheckedIOException reading(Path file, IOException cause) {
    return of("cannot read " + file, cause);
  }

  /** An exception with the message "cannot write FILE: REASON". */
  public static UncheckedIOException writing(Path file, IOException cause) {
    return of("cannot write " + file, cause);
  }

  private static UncheckedIOException of(String action, IOException cause) {
    String message = action + ": " + reason(cause);
    return new UncheckedIOException(message, new IOException(message, cause));
  }

  /** A reason by exception type, as the message of a file system exception is often just a path. */
  private static String reason(IOException cause) {
    return switch (cause) {
      case AccessDeniedException denied -> "permission denied";
      case NoSuchFileException missing -> "no such file or folder";
      case NotDirectoryException other -> "not a folder";
      case FileSystemException e when e.getReason() != null -> e.getReason();
      case FileSystemException e -> e.getClass().getSimpleName();
      default -> cause.getMessage();
    };
  }
}
