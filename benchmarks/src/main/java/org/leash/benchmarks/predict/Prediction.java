package org.leash.benchmarks.predict;

import java.util.List;
import java.util.Locale;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.kernel.Variant;

/**
 * Time of a variant on a GPU, from the bytes that it moves without any cache hits, and from its
 * machine code: the larger of the times of the memory and of the units of the multiprocessors, if
 * one hides the other, and their sum, if nothing is hidden; plus launches and the finish of one
 * row, which nothing hides. The time of a kernel lies between the two. Nothing of it has been
 * measured.
 *
 * @param gbps memory rate in GB/s, reads and writes together
 */
public record Prediction(KernelCase kernelCase, Variant variant, GpuModel gpu, double gbps) {
  /** Between the launch of a kernel and that of the next. */
  private static final double LAUNCH_MICROS = 2.5;

  /** Of an f64 instruction that is waited for; one in three is executed, as a call has one loss. */
  private static final double F64_CYCLES = 16 / 3.0;

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
          "memory_us",
          "issue_us",
          "launch_us",
          "predicted_us",
          "unhidden_us",
          "least_us",
          "predicted_to_least");

  /** Predictions for all variants that can run a case. */
  public static List<Prediction> of(KernelCase kernelCase, GpuModel gpu, double gbps) {
    return kernelCase.cudaVariants().stream()
        .map(variant -> new Prediction(kernelCase, variant, gpu, gbps))
        .toList();
  }

  /** Bytes of the logits that the variant reads; columns of a value for each row are left out. */
  public long bytesRead() {
    return variant.reads() * kernelCase.matrixBytes();
  }

  public long bytesWritten() {
    return variant.writes() * kernelCase.matrixBytes();
  }

  private MachineCode code() {
    return MachineCode.of(
        kernelCase.contract(), variant.name().substring(PREFIX.length()), kernelCase.dtype());
  }

  /** Microseconds for the variant's traffic. */
  public double memoryMicros() {
    return micros(bytesRead() + bytesWritten());
  }

  /**
   * Microseconds that the instructions of the hot loops take, on the unit that takes longest; 0 for
   * a variant whose loops the table does not list.
   */
  public double issueMicros() {
    double vectors = kernelCase.matrixBytes() / 16.0;
    return vectors / 32 * code().cycles() / gpu.schedulerCyclesPerMicrosecond();
  }

  /** Microseconds of launches and of the finish of a row. */
  public double launchMicros() {
    MachineCode code = code();
    return code.kernels() * LAUNCH_MICROS + gpu.micros(code.f64() * F64_CYCLES);
  }

  /** Microseconds in all if nothing is hidden. */
  public double unhiddenMicros() {
    return memoryMicros() + issueMicros() + launchMicros();
  }

  /** Microseconds in all if memory hides instructions, or they hide it. */
  public double micros() {
    return Math.max(memoryMicros(), issueMicros()) + launchMicros();
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
        decimals(memoryMicros()),
        issueMicros() == 0 ? "" : decimals(issueMicros()),
        decimals(launchMicros()),
        decimals(micros()),
        decimals(unhiddenMicros()),
        decimals(leastMicros()),
        String.format(Locale.ROOT, "%.2f", micros() / leastMicros()));
  }

  private static String decimals(double micros) {
    return String.format(Locale.ROOT, "%.3f", micros);
  }
}
