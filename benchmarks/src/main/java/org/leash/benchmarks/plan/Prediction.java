package org.leash.benchmarks.plan;

import java.util.List;
import java.util.Locale;

/**
 * Time of a variant's traffic at a given memory rate without any cache hits, and the least time of
 * the contract. Launches and tails, which dominate below some megabytes, are not included.
 *
 * @param gbps memory rate in GB/s, reads and writes together
 */
public record Prediction(KernelCase kernelCase, ByteModel model, double gbps) {
  /** Names of {@link #fields()}. */
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

  /** Predictions for all variants that can run a case. */
  public static List<Prediction> of(KernelCase kernelCase, double gbps) {
    return ByteModel.of(kernelCase).stream()
        .map(model -> new Prediction(kernelCase, model, gbps))
        .toList();
  }

  /** Microseconds for the variant's traffic. */
  public double micros() {
    return micros(model.bytesRead(kernelCase) + model.bytesWritten(kernelCase));
  }

  /** Microseconds for the least traffic. */
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
        Integer.toString(model.reads()),
        Integer.toString(model.writes()),
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
