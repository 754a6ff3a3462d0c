package org.leash.benchmarks.plan;

import java.util.List;
import java.util.Locale;

/**
 * The time that a variant's bytes take at a machine's rate, with no cache answering any of them: an
 * upper bound of the memory's part, and the least that the task allows beside it. Launches and
 * tails are not in it; below some megabytes they are all there is.
 *
 * @param gbps bytes of 10⁹ that the memory moves per second, reads and writes together
 */
public record Prediction(KernelCase kernelCase, ByteModel model, double gbps) {
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
  public static List<Prediction> of(KernelCase kernelCase, double gbps) {
    return ByteModel.of(kernelCase).stream()
        .map(model -> new Prediction(kernelCase, model, gbps))
        .toList();
  }

  /** Microseconds for what the variant moves. */
  public double micros() {
    return micros(model.bytesRead(kernelCase) + model.bytesWritten(kernelCase));
  }

  /** Microseconds for what any variant has to move. */
  public double leastMicros() {
    return micros(kernelCase.leastBytes());
  }

  private double micros(long bytes) {
    return bytes / gbps / 1e3;
  }

  public List<String> fields() {
    return List.of(
        kernelCase.contract().operationId(),
        model.variant(),
        kernelCase.dtype().name().toLowerCase(Locale.ROOT),
        Integer.toString(kernelCase.rows()),
        Integer.toString(kernelCase.vocab()),
        Integer.toString(model.reads(kernelCase.contract())),
        Integer.toString(model.writes(kernelCase.contract())),
        Long.toString(model.bytesRead(kernelCase)),
        Long.toString(model.bytesWritten(kernelCase)),
        decimals(micros()),
        decimals(leastMicros()),
        String.format(Locale.ROOT, "%.2f", micros() / leastMicros()));
  }

  private static String decimals(double micros) {
    return String.format(Locale.ROOT, "%.3f", micros);
  }
}
