package org.leash.benchmarks.plan;

import java.util.List;
import java.util.Locale;
import org.leash.device.DeviceKind;
import org.leash.kernel.Variant;
import org.leash.kernel.panama.NativeProvider;

/**
 * Time of a variant's traffic at a given memory rate without any cache hits, and the least time of
 * the contract. Launches and tails, which dominate below some megabytes, are not included.
 *
 * @param gbps memory rate in GB/s, reads and writes together
 */
public record Prediction(KernelCase kernelCase, Variant variant, double gbps) {
  private static final List<Variant> NATIVE = new NativeProvider().variants();
  private static final String PREFIX = "native-";

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

  /**
   * The CUDA variants that there are for a case, the plain one first; none without the native
   * library. {@code native-auto}, whose reads depend on the call, is not among them.
   */
  public static List<Variant> variants(KernelCase kernelCase) {
    return NATIVE.stream()
        .filter(each -> each.device() == DeviceKind.CUDA && each.reads() > 0)
        .filter(each -> each.operation() == kernelCase.contract().operation())
        .filter(each -> each.dtypes().contains(kernelCase.dtype()))
        .filter(each -> each.maxVocab() >= kernelCase.vocab())
        .toList();
  }

  /** Predictions for all variants that can run a case. */
  public static List<Prediction> of(KernelCase kernelCase, double gbps) {
    return variants(kernelCase).stream()
        .map(variant -> new Prediction(kernelCase, variant, gbps))
        .toList();
  }

  /** Bytes of the logits that the variant reads; columns of a value for each row are left out. */
  public long bytesRead() {
    return variant.reads() * kernelCase.matrixBytes();
  }

  public long bytesWritten() {
    return variant.writes() * kernelCase.matrixBytes();
  }

  /** Microseconds for the variant's traffic. */
  public double micros() {
    return micros(bytesRead() + bytesWritten());
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
        variant.name().substring(PREFIX.length()),
        kernelCase.dtype().name().toLowerCase(Locale.ROOT),
        Integer.toString(kernelCase.rows()),
        Integer.toString(kernelCase.vocab()),
        Integer.toString(variant.reads()),
        Integer.toString(variant.writes()),
        Long.toString(bytesRead()),
        Long.toString(bytesWritten()),
        decimals(micros()),
        decimals(leastMicros()),
        String.format(Locale.ROOT, "%.2f", micros() / leastMicros()));
  }

  private static String decimals(double micros) {
    return String.format(Locale.ROOT, "%.3f", micros);
  }
}
