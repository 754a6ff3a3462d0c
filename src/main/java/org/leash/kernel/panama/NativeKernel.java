package org.leash.kernel.panama;

import java.lang.foreign.MemorySegment;
import org.leash.binding.Status;
import org.leash.device.Device;
import org.leash.kernel.ValidatedKernel;
import org.leash.kernel.Variant;
import org.leash.operation.Arguments;

/**
 * One native variant of one operation. Calls of one kernel wait for each other, as they share its
 * struct.
 */
final class NativeKernel<A extends Arguments> extends ValidatedKernel<A> {
  private final MemorySegment handle;
  private final Call<A> call;

  NativeKernel(Device device, MemorySegment handle, Variant variant, Call<A> call) {
    super(device, variant);
    this.handle = handle;
    this.call = call;
  }

  /**
   * The C struct of a call, checked, for native code that makes the call itself. It is this
   * kernel's own. Until {@link #letGo()}, the memory of the arguments is held, and the kernel must
   * not be used.
   */
  MemorySegment marshalled(A arguments) {
    synchronized (this) {
      try {
        return call.marshalled(checked(arguments));
      } catch (RuntimeException | Error e) {
        release();
        throw e;
      }
    }
  }

  /** Lets go of the memory of a marshalled call. */
  void letGo() {
    synchronized (this) {
      release();
    }
  }

  @Override
  protected void compute(A arguments) {
    Status.check(call.run(handle, arguments));
  }
}
