package org.leash.benchmarks.run;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.leash.benchmarks.input.Check;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.input.Outputs;
import org.leash.binding.NativeDevice;
import org.leash.binding.Status;
import org.leash.binding.generated.Leash;
import org.leash.binding.generated.leash_matrix;
import org.leash.binding.generated.leash_rows;
import org.leash.binding.generated.leash_token_statistics_args;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.Matrix;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Kernel;
import org.leash.kernel.Operation;
import org.leash.kernel.TokenStatistics;
import org.leash.kernel.Variant;

/**
 * {@code token_statistics} on next to nothing, in three ways: from C, from Java through the
 * generated binding, and through the library with all its checks. One thread, the best native
 * variant. Needs the native library.
 */
public final class TinyCall implements AutoCloseable {
  private final Device device = Device.cpu(1);
  private final NativeDevice nativeDevice = NativeDevice.open(Leash.LEASH_DEVICE_CPU(), 0, 1);
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment result = arena.allocate(Leash.C_DOUBLE);
  private final Inputs inputs = Inputs.of(device, Calls.TINY_CASE);
  private final Expected expected = Expected.of(Calls.TINY_CASE, inputs);
  private final FloatColumn logprob = device.floats(Calls.TINY_CASE.rows());
  private final FloatColumn entropy = device.floats(Calls.TINY_CASE.rows());
  private final MemorySegment struct = struct();
  private final TokenStatistics arguments =
      TokenStatistics.of(inputs.logits())
          .targets(inputs.targets())
          .logprob(logprob)
          .entropy(entropy);
  private final Kernel<TokenStatistics> kernel;

  public TinyCall() {
    Catalogue catalogue = Catalogue.of(device);
    String best =
        catalogue.variants().stream()
            .filter(variant -> variant.operation() == Operation.TOKEN_STATISTICS)
            .filter(variant -> variant.available() && variant.name().startsWith("native-"))
            .findFirst()
            .map(Variant::name)
            .orElseThrow(
                () -> new IllegalStateException("no native variant: " + catalogue.describe()));
    kernel = catalogue.kernel(Operation.TOKEN_STATISTICS, best);
  }

  private MemorySegment struct() {
    MemorySegment args = leash_token_statistics_args.allocate(arena);
    leash_token_statistics_args.size(args, args.byteSize());
    MemorySegment rows = leash_token_statistics_args.rows(args);
    leash_rows.temperature(rows, 1);
    leash_rows.variant(rows, Leash.LEASH_VARIANT_AUTO());
    Matrix logits = inputs.logits();
    MemorySegment matrix = leash_rows.logits(rows);
    leash_matrix.data(matrix, logits.memory());
    leash_matrix.rows(matrix, logits.rows());
    leash_matrix.vocab(matrix, logits.vocab());
    leash_matrix.row_stride(matrix, logits.rowStride());
    leash_matrix.dtype(matrix, logits.dtype().abi());
    leash_token_statistics_args.targets(args, inputs.targets().memory());
    leash_token_statistics_args.logprob(args, logprob.memory());
    leash_token_statistics_args.entropy(args, entropy.memory());
    return args;
  }

  /** Nanoseconds of one empty call, the mean of many from C. */
  public double emptyFromC(long calls) {
    return fromC(MemorySegment.NULL, calls);
  }

  /** Nanoseconds of one tiny call, the mean of many from C. */
  public double fromC(long calls) {
    return fromC(struct, calls);
  }

  private double fromC(MemorySegment args, long calls) {
    Status.check(Leash.leash_measure_dispatch(nativeDevice.handle(), args, calls, result));
    return result.get(Leash.C_DOUBLE, 0);
  }

  /** One call through the generated binding. */
  public int throughBinding() {
    return Leash.leash_token_statistics(nativeDevice.handle(), struct);
  }

  /** One call through the library. */
  public void throughLibrary() {
    kernel.run(arguments);
  }

  /** Spoils the outputs. */
  public void poison() {
    logprob.set(0, Float.NaN);
    entropy.set(0, Float.NaN);
  }

  /** Compares the latest outputs with the reference. */
  public List<Check> check() {
    return expected.compare(
        new Outputs() {
          @Override
          public float column(String name, int row) {
            return (name.equals("logprob") ? logprob : entropy).get(row);
          }

          @Override
          public void matrixRow(int row, float[] values) {
            throw new IllegalStateException("token_statistics has no matrix");
          }
        },
        Expected.Tolerance.OURS);
  }

  @Override
  public void close() {
    inputs.close();
    nativeDevice.close();
    device.close();
    arena.close();
  }
}
