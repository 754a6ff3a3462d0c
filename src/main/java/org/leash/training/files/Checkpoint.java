package org.leash.training.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that training needs to go on as if it had not stopped, in a folder of four files.
 *
 * @param step how many steps are done
 * @param tokens how many tokens have been sampled
 * @param wallSeconds how long it took, all processes together
 * @param score of the policy, the higher the better; NaN if it was not evaluated
 * @param model {@code model.safetensors}: weights by name, those of the reference among them
 * @param optimizer {@code optimizer.safetensors}: state of the optimiser by name
 * @param controllers in {@code trainer_state.json}: data order, filters, adaptive coefficients
 * @param streams {@code rng.json}: key and position of every random stream
 */
public record Checkpoint(
    int step,
    long tokens,
    double wallSeconds,
    double score,
    Map<String, double[]> model,
    Map<String, double[]> optimizer,
    Map<String, double[]> controllers,
    Map<String, long[]> streams) {

  private static final String MODEL = "model.safetensors";
  private static final String OPTIMIZER = "optimizer.safetensors";
  private static final String STATE = "trainer_state.json";
  private static final String STREAMS = "rng.json";

  /**
   * Copies what is there under a name.
   *
   * @param from one of the maps of a checkpoint
   * @throws IllegalArgumentException it has no such values, or another number of them
   */
  public static void copy(Map<String, double[]> from, String name, double[] to) {
    double[] values = from.get(name);
    if (values == null || values.length != to.length) {
      throw new IllegalArgumentException(
          "the checkpoint has %s values of %s where %d are needed; it is of another run"
              .formatted(values == null ? "no" : values.length, name, to.length));
    }
    System.arraycopy(values, 0, to, 0, to.length);
  }

  /** Writes the files into a folder, which must be there. */
  void write(Path folder, Map<String, Long> fileLengths) throws IOException {
    Safetensors.write(folder.resolve(MODEL), model);
    Safetensors.write(folder.resolve(OPTIMIZER), optimizer);
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("step", step);
    state.put("tokens", tokens);
    state.put("wall_s", wallSeconds);
    state.put("score", score);
    Map<String, Object> control = new LinkedHashMap<>();
    controllers.forEach((name, values) -> control.put(name, boxed(values)));
    state.put("controllers", control);
    state.put("files", fileLengths);
    Files.writeString(folder.resolve(STATE), Json.writePretty(state));
    Map<String, Object> random = new LinkedHashMap<>();
    streams.forEach((name, at) -> random.put(name, List.of(at[0], at[1])));
    Files.writeString(folder.resolve(STREAMS), Json.writePretty(random));
  }

  private static List<Double> boxed(double[] values) {
    return java.util.Arrays.stream(values).boxed().toList();
  }

  /** A checkpoint and how long the files of metrics were. */
  record Stored(Checkpoint checkpoint, Map<String, Long> fileLengths) {}

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws BadFileException a file is not what it should be
   */
  static Stored read(Path folder) throws IOException {
    Path file = folder.resolve(STATE);
    Map<String, Object> state = object(file);
    Map<String, double[]> controllers = new LinkedHashMap<>();
    map(file, state, "controllers")
        .forEach((name, values) -> controllers.put(name, doubles(file, name, values)));
    Map<String, Long> lengths = new LinkedHashMap<>();
    map(file, state, "files")
        .forEach((name, length) -> lengths.put(name, natural(file, name, length)));
    Path random = folder.resolve(STREAMS);
    Map<String, long[]> streams = new LinkedHashMap<>();
    object(random)
        .forEach(
            (name, at) -> {
              if (!(at instanceof List<?> pair)
                  || pair.size() != 2
                  || !(pair.get(0) instanceof Long key)
                  || !(pair.get(1) instanceof Long position)) {
                throw new BadFileException(
                    random, "%s is not a key and a position".formatted(name));
              }
              streams.put(name, new long[] {key, position});
            });
    if (!(state.get("wall_s") instanceof Double wallSeconds)) {
      throw new BadFileException(file, "wall_s is not a number");
    }
    return new Stored(
        new Checkpoint(
            Math.toIntExact(Math.min(natural(file, "step", state.get("step")), Integer.MAX_VALUE)),
            natural(file, "tokens", state.get("tokens")),
            wallSeconds,
            score(file, state),
            Safetensors.read(folder.resolve(MODEL)),
            Safetensors.read(folder.resolve(OPTIMIZER)),
            controllers,
            streams),
        lengths);
  }

  /** The score of a checkpoint, or NaN. */
  static double score(Path folder) throws IOException {
    Path file = folder.resolve(STATE);
    return score(file, object(file));
  }

  private static double score(Path file, Map<String, Object> state) {
    return switch (state.get("score")) {
      case null -> Double.NaN;
      case Double score -> score;
      default -> throw new BadFileException(file, "score is not a number");
    };
  }

  static Map<String, Object> object(Path file) throws IOException {
    try {
      return Json.read(Files.readString(file));
    } catch (IllegalArgumentException | java.nio.charset.CharacterCodingException e) {
      throw new BadFileException(file, e.getMessage());
    }
  }

  private static Map<?, ?> untyped(Path file, Map<String, Object> state, String name) {
    if (state.get(name) instanceof Map<?, ?> map) {
      return map;
    }
    throw new BadFileException(file, name + " is not an object");
  }

  private static Map<String, Object> map(Path file, Map<String, Object> state, String name) {
    Map<String, Object> typed = new LinkedHashMap<>();
    untyped(file, state, name).forEach((key, value) -> typed.put((String) key, value));
    return typed;
  }

  private static long natural(Path file, String name, Object value) {
    if (value instanceof Long number && number >= 0) {
      return number;
    }
    throw new BadFileException(file, "%s is %s, not a number >= 0".formatted(name, value));
  }

  private static double[] doubles(Path file, String name, Object value) {
    if (value instanceof List<?> list) {
      double[] values = new double[list.size()];
      for (int i = 0; i < values.length; i++) {
        if (!(list.get(i) instanceof Double number)) {
          throw new BadFileException(file, "%s holds %s".formatted(name, list.get(i)));
        }
        values[i] = number;
      }
      return values;
    }
    throw new BadFileException(file, name + " is not a list");
  }
}
