package org.leash.benchmarks.csv;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** What keeps a file from being read or written, in a line that names it and says why. */
public final class FileFailure {
  private FileFailure() {}

  public static UncheckedIOException reading(Path file, IOException cause) {
    return of(file + " cannot be read: ", cause);
  }

  public static UncheckedIOException writing(Path file, IOException cause) {
    return of(file + " cannot be written: ", cause);
  }

  private static UncheckedIOException of(String what, IOException cause) {
    return new UncheckedIOException(new IOException(what + reason(cause), cause));
  }

  /** Exceptions of the file system often have the path for a message, and no more. */
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
