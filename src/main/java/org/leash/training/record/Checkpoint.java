package org.leash.training.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.leash.files.BadFileException;
import org.leash.files.Json;
import org.leash.files.Safetensors;

/**
 * The complete state of training, in a folder of four files.
 *
 * @param step completed steps
 * @param tokens sampled tokens
 * @param wallSeconds time taken, all processes together
 * @param score of the policy, the higher the better; NaN if it was not evaluated
 * @param model {@code model.safetensors}: weights by name, including those of the reference
 * @param optimizer {@code optimizer.safetensors}: state of the optimizer by name
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
   * Copies the values of a name.
   *
   * @param from one of the maps of a checkpoint
   * @throws IllegalArgumentException it has no such values, or a different number
   */
  public static void copy(Map<String, double[]> from, String name, double[] to) {
    double[] values = from.get(name);
    if (values == null || values.length != to.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the checkpoint has %s values of %s where %d are needed; it is of another run",
              values == null ? "no" : values.length,
              name,
              to.length));
    }
    System.arraycopy(values, 0, to, 0, to.length);
  }

  /** Writes the files into a folder, which must be there. */
  void write(Path folder, Map<String, Long> fileLengths) throws IOException {
    Safetensors.of(model).write(folder.resolve(MODEL));
    Safetensors.of(optimizer).write(folder.resolve(OPTIMIZER));
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("step", step);
    state.put("tokens", tokens);
    state.put("wall_s", wallSeconds);
    state.put("score", score);
    Map<String, Object> control = new LinkedHashMap<>();
    controllers.forEach((name, values) -> control.put(name, boxed(values)));
    state.put("controllers", control);
    state.put("files", fileLengths);
    Files.writeString(folder.resolve(STATE), Json.writeIndented(state));
    Map<String, Object> random = new LinkedHashMap<>();
    streams.forEach((name, at) -> random.put(name, List.of(at[0], at[1])));
    Files.writeString(folder.resolve(STREAMS), Json.writeIndented(random));
  }

  private static List<Double> boxed(double[] values) {
    return java.util.Arrays.stream(values).boxed().toList();
  }

  /** A checkpoint and how long the files of metrics were. */
  record Stored(Checkpoint checkpoint, Map<String, Long> fileLengths) {}

  /**
   * Reads a folder that {@link #write} has filled.
   *
   * @throws BadFileException a file is damaged
   */
  static Stored read(Path folder) throws IOException {
    Json state = Json.read(folder.resolve(STATE));
    Map<String, double[]> controllers = new LinkedHashMap<>();
    state
        .get("controllers")
        .object()
        .forEach((name, values) -> controllers.put(name, values.numbers()));
    Map<String, Long> lengths = new LinkedHashMap<>();
    state
        .get("files")
        .object()
        .forEach((name, length) -> lengths.put(name, length.natural(Long.MAX_VALUE)));
    Map<String, long[]> streams = new LinkedHashMap<>();
    Json.read(folder.resolve(STREAMS))
        .object()
        .forEach(
            (name, stream) -> {
              List<Json> pair = stream.list();
              if (pair.size() != 2) {
                throw stream.fault("is not a key and a position");
              }
              streams.put(name, new long[] {pair.get(0).integer(), pair.get(1).integer()});
            });
    return new Stored(
        new Checkpoint(
            (int) state.get("step").natural(Integer.MAX_VALUE),
            state.get("tokens").natural(Long.MAX_VALUE),
            state.get("wall_s").number(),
            score(state),
            Safetensors.read(folder.resolve(MODEL)),
            Safetensors.read(folder.resolve(OPTIMIZER)),
            controllers,
            streams),
        lengths);
  }

  /** The score of a checkpoint, or NaN. */
  static double score(Path folder) {
    return score(Json.read(folder.resolve(STATE)));
  }

  private static double score(Json state) {
    return state.has("score") ? state.get("score").number() : Double.NaN;
  }
}
