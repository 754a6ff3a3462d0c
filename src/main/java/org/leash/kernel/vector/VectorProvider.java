package org.leash.kernel.vector;

import java.util.List;
import org.leash.device.Device;
import org.leash.kernel.Kernel;
import org.leash.kernel.Provider;
import org.leash.kernel.Variant;
import org.leash.kernel.rows.RowKernels;
import org.leash.operation.Arguments;
import org.leash.operation.Operation;

/**
 * Kernels with the Vector API that run on the calling thread. The API is an incubator module,
 * absent by default; without it the variants are unavailable, and their reason names the flag to
 * pass.
 */
public final class VectorProvider implements Provider {
  private static final String NAME = "java-vector";
  private static final String MODULE = "jdk.incubator.vector";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Variant> variants() {
    boolean present = ModuleLayer.boot().findModule(MODULE).isPresent();
    return RowKernels.variants(
        NAME,
        1,
        20,
        "Vector API in f32, one thread",
        present
            ? ""
            : "the module " + MODULE + " is absent; start Java with --add-modules " + MODULE);
  }

  @Override
  public <A extends Arguments> Kernel<A> kernel(
      Device device, Operation<A> operation, Variant variant) {
    return RowKernels.of(device, operation, variant, new VectorLoops());
  }
}
