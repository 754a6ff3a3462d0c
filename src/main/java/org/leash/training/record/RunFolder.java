package org.leash.training.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.leash.environment.Fact;
import org.leash.files.BadFileException;
import org.leash.files.Durable;
import org.leash.files.FolderLock;
import org.leash.files.Json;

/**
 * The folder of one run: {@code config.json}, the files of {@link MetricLog}, {@code
 * checkpoint-STEP} folders, {@code latest}, which names the step of the last one, and {@code best},
 * which names the step of the highest score. One process at a time. Not thread-safe.
 */
public final class RunFolder implements AutoCloseable {
  private static final String CONFIG = "config.json";
  private static final String LATEST = "latest";
  private static final String BEST = "best";
  private static final String CHECKPOINT = "checkpoint-";
  private static final String CHECKPOINTS = CHECKPOINT + "[0-9]{1,9}";

  private final Path folder;
  private final FolderLock lock;
  private final Optional<Checkpoint> resumed;
  private final MetricLog log;

  private RunFolder(Path folder, FolderLock lock, Optional<Checkpoint> resumed, MetricLog log) {
    this.folder = folder;
    this.lock = lock;
    this.resumed = resumed;
    this.log = log;
  }

  /**
   * Creates the folder of a run, or opens it to resume.
   *
   * @param config settings by name; written to config.json
   * @param resume whether to continue an existing run; if there is none, it starts
   * @param free names of settings that may differ on resuming
   * @param environment of this process
   * @throws IllegalArgumentException the folder holds a run and resume is false, or the run has
   *     another configuration, or another process uses it
   * @throws BadFileException a file of the run is damaged
   */
  public static RunFolder open(
      Path folder,
      Map<String, Object> config,
      boolean resume,
      Set<String> free,
      List<Fact> environment)
      throws IOException {
    FolderLock lock = FolderLock.on(folder);
    try {
      Path file = folder.resolve(CONFIG);
      if (Files.exists(file)) {
        if (!resume) {
          throw new IllegalArgumentException(
              "%s holds a run; resume it or use another folder".formatted(folder));
        }
        requireSame(Json.read(file).plainObject(), config, free, file);
      }
      Durable.sweep(folder, CHECKPOINTS);
      Durable.write(file, Json.writeIndented(config));
      Optional<Checkpoint.Stored> stored = latest(folder);
      MetricLog log =
          new MetricLog(folder, stored.map(Checkpoint.Stored::fileLengths).orElse(Map.of()));
      Optional<Checkpoint> checkpoint = stored.map(Checkpoint.Stored::checkpoint);
      log.event(
          checkpoint.map(Checkpoint::step).orElse(0),
          checkpoint.isPresent() ? "resume" : "start",
          environment);
      return new RunFolder(folder, lock, checkpoint, log);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * Checks that a description is the same as before.
   *
   * @param free names that may differ
   * @param file of the earlier description
   * @throws IllegalArgumentException they differ; the message names the first difference
   */
  static void requireSame(
      Map<String, Object> before, Map<String, Object> now, Set<String> free, Path file) {
    Map<String, Object> written = Json.parse(file, 1, Json.write(now)).plainObject();
    Stream.concat(before.keySet().stream(), written.keySet().stream())
        .distinct()
        .filter(name -> !free.contains(name))
        .filter(name -> !Objects.equals(before.get(name), written.get(name)))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "%s has %s = %s, not %s; resume with the settings that the run was started with"
                      .formatted(file, name, before.get(name), written.get(name)));
            });
  }

  private static Optional<Checkpoint.Stored> latest(Path folder) throws IOException {
    Path file = folder.resolve(LATEST);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String step = Files.readString(file).strip();
    if (!Pattern.matches("[0-9]{1,9}", step)) {
      throw new BadFileException(file, "names no step");
    }
    return Optional.of(Checkpoint.read(folder.resolve(CHECKPOINT + step)));
  }

  /** The checkpoint that the run resumes from, if any. */
  public Optional<Checkpoint> resumed() {
    return resumed;
  }

  /** The files of the metrics. */
  public MetricLog log() {
    return log;
  }

  /**
   * Saves a checkpoint; until all of it is on disk, {@code latest} names the previous one.
   *
   * @param keep number of latest checkpoints to keep, at least 1, besides that of the highest score
   */
  public void save(Checkpoint checkpoint, int keep) throws IOException {
    String name = CHECKPOINT + checkpoint.step();
    Map<String, Long> lengths = log.force();
    Durable.write(folder.resolve(name), draft -> checkpoint.write(draft, lengths));
    List<Path> all;
    try (Stream<Path> found = Files.list(folder)) {
      all =
          found
              .filter(path -> path.getFileName().toString().matches(CHECKPOINTS))
              .sorted(Comparator.comparingInt(RunFolder::step).reversed())
              .toList();
    }
    Path best = null;
    double highest = Double.NEGATIVE_INFINITY;
    for (Path each : all) {
      double score = Checkpoint.score(each);
      if (score >= highest) {
        best = each;
        highest = score;
      }
    }
    if (best != null) {
      Durable.write(folder.resolve(BEST), step(best) + "\n");
    }
    // Last, since a run that ends at the step it names has nothing more to save.
    Durable.write(folder.resolve(LATEST), checkpoint.step() + "\n");
    for (Path old : all.subList(Math.min(keep, all.size()), all.size())) {
      if (!old.equals(best)) {
        Durable.delete(old);
      }
    }
  }

  private static int step(Path checkpoint) {
    return Integer.parseInt(checkpoint.getFileName().toString().substring(CHECKPOINT.length()));
  }

  @Override
  public void close() throws IOException {
    log.close();
    lock.close();
  }
}
