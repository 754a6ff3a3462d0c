package org.leash.benchmarks.plan;

import java.util.List;
import org.leash.device.DeviceKind;
import org.leash.kernel.Variant;
import org.leash.kernel.panama.NativeProvider;

/**
 * The bytes that a CUDA variant moves: so many reads and writes of the matrix as the native library
 * says. Columns with one value for each row, below 0.1 % of a row of 32000, are left out, and so
 * are the partial sums of {@code split}.
 *
 * @param variant its name in the library's list: "two_read"
 * @param reads passes over the matrix that read it
 * @param writes passes over the matrix that write it
 */
public record ByteModel(String variant, int reads, int writes) {
  private static final List<Variant> NATIVE = new NativeProvider().variants();
  private static final String PREFIX = "native-";

  /**
   * The variants that there are for a case, the plain one first; none without the native library.
   * That of the table of choices, whose reads depend on the call, is not among them.
   */
  public static List<ByteModel> of(KernelCase kernelCase) {
    return NATIVE.stream()
        .filter(variant -> variant.device() == DeviceKind.CUDA && variant.reads() > 0)
        .filter(variant -> variant.operation() == kernelCase.contract().operation())
        .filter(variant -> variant.dtypes().contains(kernelCase.dtype()))
        .filter(variant -> variant.maxVocab() >= kernelCase.vocab())
        .map(
            variant ->
                new ByteModel(
                    variant.name().substring(PREFIX.length()), variant.reads(), variant.writes()))
        .toList();
  }

  public long bytesRead(KernelCase kernelCase) {
    return reads * kernelCase.matrixBytes();
  }

  public long bytesWritten(KernelCase kernelCase) {
    return writes * kernelCase.matrixBytes();
  }
}
