package org.leash.benchmarks.predict;

import java.util.List;
import java.util.Locale;
import org.leash.benchmarks.input.Case;

/**
 * The time that a variant's bytes take at a machine's rate, with no cache answering any of them: an
 * upper bound of the memory's part, and the least that the task allows beside it. Launches and
 * tails are not in it; below some megabytes they are all there is.
 *
 * @param gbps bytes of 10⁹ that the memory moves per second, reads and writes together
 */
public record Prediction(Case described, ByteModel model, double gbps) {
  /** What {@link #fields()} are. */
  public static final List<String> COLUMNS =
      List.of(
          "op",
          "variant",
          "dtype",
          "rows",
          "vocab",
          "reads",
          "writes",
          "bytes_read",
          "bytes_written",
          "predicted_us",
          "least_us",
          "predicted_to_least");

  /** One for each variant that there is for a case. */
  public static List<Prediction> of(Case described, double gbps) {
    return ByteModel.of(described).stream()
        .map(model -> new Prediction(described, model, gbps))
        .toList();
  }

  /** Microseconds for what the variant moves. */
  public double micros() {
    return micros(model.bytesRead(described) + model.bytesWritten(described));
  }

  /** Microseconds for what any variant has to move. */
  public double leastMicros() {
    return micros(described.bytesRead() + described.bytesWritten());
  }

  private double micros(long bytes) {
    return bytes / gbps / 1e3;
  }

  public List<String> fields() {
    return List.of(
        described.task().id(),
        model.variant(),
        described.dtype().name().toLowerCase(Locale.ROOT),
        Integer.toString(described.rows()),
        Integer.toString(described.vocab()),
        Integer.toString(model.reads(described.task())),
        Integer.toString(model.writes(described.task())),
        Long.toString(model.bytesRead(described)),
        Long.toString(model.bytesWritten(described)),
        decimals(micros()),
        decimals(leastMicros()),
        String.format(Locale.ROOT, "%.2f", micros() / leastMicros()));
  }

  private static String decimals(double micros) {
    return String.format(Locale.ROOT, "%.3f", micros);
  }
}
