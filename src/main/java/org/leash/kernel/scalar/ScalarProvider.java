package org.leash.kernel.scalar;

import java.util.List;
import org.leash.device.Device;
import org.leash.kernel.Kernel;
import org.leash.kernel.Provider;
import org.leash.kernel.Variant;
import org.leash.kernel.rows.RowKernels;
import org.leash.operation.Arguments;
import org.leash.operation.Operation;

/** Kernels in plain Java that run on the calling thread. */
public final class ScalarProvider implements Provider {
  private static final String NAME = "java-scalar";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Variant> variants() {
    return RowKernels.variants(NAME, 2, 10, "plain Java in f64, one thread", "");
  }

  @Override
  public <A extends Arguments> Kernel<A> kernel(
      Device device, Operation<A> operation, Variant variant) {
    return RowKernels.of(device, operation, variant, new ScalarLoops());
  }
}
