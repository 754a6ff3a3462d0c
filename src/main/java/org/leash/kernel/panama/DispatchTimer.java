package org.leash.kernel.panama;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.leash.binding.Status;
import org.leash.binding.generated.Leash;
import org.leash.device.Device;
import org.leash.kernel.Kernel;
import org.leash.operation.TokenStatistics;

/**
 * Calls into native code without the library's checks, to measure what those and the call itself
 * cost: {@code token_statistics} and an empty function, each from C through a function pointer and
 * from Java through the generated binding. Needs the native library.
 *
 * <p>The device and the arguments' memory must stay open and the kernel unused while this is in
 * use. For one thread at a time.
 */
public final class DispatchTimer implements AutoCloseable {
  private final MemorySegment handle;
  private final MemorySegment arguments;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment result = arena.allocate(Leash.C_DOUBLE);

  /**
   * Prepares calls with the same arguments.
   *
   * @param kernel of a native variant
   * @throws IllegalArgumentException it is not native, or the arguments are illegal
   */
  public DispatchTimer(Device device, Kernel<TokenStatistics> kernel, TokenStatistics arguments) {
    if (!(kernel instanceof NativeKernel<TokenStatistics> nativeKernel)) {
      throw new IllegalArgumentException("%s is not a native kernel".formatted(kernel));
    }
    handle = device.nativeDevice().orElseThrow().handle();
    this.arguments = nativeKernel.marshalled(arguments);
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
  }
}
