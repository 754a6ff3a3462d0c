package org.leash.training.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.leash.files.AppendedFile;
import org.leash.files.BadFileException;
import org.leash.files.FolderLock;
import org.leash.files.Json;

/**
 * The finished pieces of long work: {@code journal.jsonl} in a folder, a line that describes the
 * work, then a line for each piece. It is append-only, and each line is on disk before {@link
 * #append} returns; the next process drops an incomplete last line. One process at a time; all
 * methods are thread-safe.
 *
 * @param <T> a piece
 */
public final class Journal<T> implements AutoCloseable {
  private static final String NAME = "journal.jsonl";

  private final FolderLock lock;
  private final AppendedFile file;
  private final Function<T, Map<String, ?>> write;
  private final List<T> found;

  private Journal(
      FolderLock lock, AppendedFile file, Function<T, Map<String, ?>> write, List<T> found) {
    this.lock = lock;
    this.file = file;
    this.write = write;
    this.found = List.copyOf(found);
  }

  /**
   * Starts or resumes work in a folder, which is created if it does not exist.
   *
   * @param work its description; must be equal when resumed
   * @param resume whether to continue existing work; if there is none, it starts
   * @param write converts a piece to JSON
   * @param read converts the JSON back; throws BadFileException if it is not a piece
   * @throws IllegalArgumentException the folder holds work and resume is false, or other work, or
   *     another process uses it
   * @throws BadFileException the journal is damaged
   */
  public static <T> Journal<T> open(
      Path folder,
      Map<String, Object> work,
      boolean resume,
      Function<T, Map<String, ?>> write,
      Function<Json, T> read)
      throws IOException {
    FolderLock lock = FolderLock.on(folder);
    try {
      Path path = folder.resolve(NAME);
      long length = AppendedFile.endOfLastLine(path);
      if (length > 0 && !resume) {
        throw new IllegalArgumentException(
            "%s holds a run; resume it or use another folder".formatted(folder));
      }
      byte[] bytes = length == 0 ? new byte[0] : Files.readAllBytes(path);
      List<String> lines =
          new String(bytes, 0, (int) length, StandardCharsets.UTF_8).lines().toList();
      List<T> found = new ArrayList<>();
      for (int i = 0; i < lines.size(); i++) {
        Json line = Json.parse(path, i + 1, lines.get(i));
        if (i == 0) {
          RunFolder.requireSame(line.plainObject(), work, Set.of(), path);
        } else {
          found.add(read.apply(line));
        }
      }
      AppendedFile file = new AppendedFile(path, length);
      if (file.isEmpty()) {
        file.append(Json.write(work) + "\n");
        file.force();
      }
      return new Journal<>(lock, file, write, found);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** The pieces that earlier processes finished. */
  public List<T> found() {
    return found;
  }

  /** Adds a piece. */
  public synchronized void append(T piece) {
    try {
      file.append(Json.write(write.apply(piece)) + "\n");
      file.force();
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized void close() {
    try {
      file.close();
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": " + e.getMessage(), e);
    }
  }
}
