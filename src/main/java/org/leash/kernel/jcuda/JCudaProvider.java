package org.leash.kernel.jcuda;

import java.util.List;
import org.leash.device.Device;
import org.leash.device.DeviceKind;
import org.leash.kernel.Kernel;
import org.leash.kernel.Provider;
import org.leash.kernel.Variant;
import org.leash.kernel.panama.NativeProvider;
import org.leash.kernel.panama.Planner;
import org.leash.operation.Arguments;
import org.leash.operation.Operation;

/**
 * The native library's CUDA variants, launched through JCuda. Their names start with "jcuda-"
 * instead of "native-"; native variants are preferred.
 */
public final class JCudaProvider implements Provider {
  private static final String NAME = "jcuda";

  /** Ranks every variant below the native ones, in the same order. */
  private static final int LESS_PREFERRED = 1000;

  private final NativeProvider planned = new NativeProvider();

  @Override
  public String name() {
    return NAME;
  }

  /**
   * Why JCuda is unavailable, with the remedy, whether or not there is a GPU; "" if it is
   * available.
   */
  public String unavailable() {
    return JCuda.unavailable();
  }

  @Override
  public List<Variant> variants() {
    return planned.variants().stream()
        .filter(variant -> variant.device() == DeviceKind.CUDA)
        .map(this::launched)
        .toList();
  }

  @Override
  public <A extends Arguments> Kernel<A> kernel(
      Device device, Operation<A> operation, Variant variant) {
    Variant original =
        planned.variants().stream()
            .filter(each -> each.device() == DeviceKind.CUDA && launched(each).equals(variant))
            .findFirst()
            .orElseThrow();
    return new JCudaKernel<>(
        device,
        variant,
        new Planner<>(device, operation, original),
        new Launcher(new JCudaCalls(device)));
  }

  private Variant launched(Variant variant) {
    return new Variant(
        variant.operation(),
        NAME + variant.name().substring(planned.name().length()),
        DeviceKind.CUDA,
        variant.dtypes(),
        variant.maxVocab(),
        variant.takesArrays(),
        variant.reads(),
        variant.writes(),
        variant.preference() - LESS_PREFERRED,
        variant.description() + "; launched through JCuda",
        variant.available() ? JCuda.unavailable() : variant.reason());
  }
}
