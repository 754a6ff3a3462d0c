package org.leash.kernel.panama;

import java.lang.foreign.MemorySegment;
import java.util.function.BiConsumer;
import org.leash.binding.Status;
import org.leash.device.Device;
import org.leash.kernel.Arguments;
import org.leash.kernel.ValidatedKernel;
import org.leash.kernel.Variant;

/**
 * One native variant of one operation. Calls of one kernel wait for each other, as they share its
 * struct.
 */
final class NativeKernel<A extends Arguments> extends ValidatedKernel<A> {
  private final MemorySegment handle;
  private final ArgumentStruct struct;
  private final BiConsumer<ArgumentStruct, A> marshal;

  NativeKernel(
      Device device,
      MemorySegment handle,
      Variant variant,
      ArgumentStruct struct,
      BiConsumer<ArgumentStruct, A> marshal) {
    super(device, variant);
    this.handle = handle;
    this.struct = struct;
    this.marshal = marshal;
  }

  @Override
  protected boolean acceptsHeap() {
    return false;
  }

  @Override
  protected void compute(A arguments) {
    int status;
    synchronized (this) {
      try {
        struct.rows(arguments);
        marshal.accept(struct, arguments);
        status = struct.run(handle, variant().operation().abi());
      } finally {
        struct.letGo();
      }
    }
    Status.check(status);
  }
}
