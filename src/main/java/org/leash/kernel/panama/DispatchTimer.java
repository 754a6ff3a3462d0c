package org.leash.kernel.panama;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.leash.binding.Status;
import org.leash.binding.generated.Leash;
import org.leash.device.Device;
import org.leash.kernel.Catalogue;
import org.leash.operation.Operation;
import org.leash.operation.TokenStatistics;

/**
 * Calls into native code without the library's checks, to measure what those and the call itself
 * cost: {@code token_statistics} and an empty function, each from C through a function pointer and
 * from Java through the generated binding. Needs the native library.
 *
 * <p>Until it is closed, it keeps the device and the arguments' memory open. For one thread.
 */
public final class DispatchTimer implements AutoCloseable {
  private final Device device;
  private final NativeKernel<TokenStatistics> kernel;
  private final MemorySegment handle;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment arguments;
  private final MemorySegment result = arena.allocate(Leash.C_DOUBLE);

  /**
   * Prepares calls with the same arguments.
   *
   * @param variant of token_statistics, such as "native-avx2"
   * @throws IllegalArgumentException the variant is not native, or the arguments are illegal
   */
  public DispatchTimer(Device device, String variant, TokenStatistics arguments) {
    if (!(Catalogue.of(device).kernel(Operation.TOKEN_STATISTICS, variant)
        instanceof NativeKernel<TokenStatistics> made)) {
      throw new IllegalArgumentException(
          "\"" + variant + "\" is not a native variant; only native variants can be timed");
    }
    this.device = device;
    kernel = made;
    handle = device.nativeDevice().orElseThrow().handle();
    // In memory that only this thread can use, and only until it is closed.
    MemorySegment struct = kernel.marshalled(arguments);
    this.arguments = arena.allocate(struct.byteSize(), Long.BYTES).copyFrom(struct);
    device.enter();
  }

  /** Nanoseconds per empty call, the mean of a loop in C. */
  public double emptyFromC(long calls) {
    return fromC(MemorySegment.NULL, calls);
  }

  /** Nanoseconds per call, the mean of a loop in C. */
  public double fromC(long calls) {
    return fromC(arguments, calls);
  }

  private double fromC(MemorySegment args, long calls) {
    Status.check(Leash.leash_measure_dispatch(handle, args, calls, result));
    return result.get(Leash.C_DOUBLE, 0);
  }

  /** An empty call through the binding; returns the ABI version. */
  public static int emptyThroughBinding() {
    return Leash.leash_abi_version();
  }

  /** A call through the binding; returns its status, 0 for success. */
  public int throughBinding() {
    return Leash.leash_token_statistics(handle, arguments);
  }

  @Override
  public void close() {
    arena.close();
    kernel.letGo();
    device.exit();
  }
}
