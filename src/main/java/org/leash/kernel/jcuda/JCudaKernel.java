package org.leash.kernel.jcuda;

import org.leash.device.Device;
import org.leash.kernel.ValidatedKernel;
import org.leash.kernel.Variant;
import org.leash.kernel.panama.Planner;
import org.leash.operation.Arguments;

/**
 * A variant of an operation, launched through JCuda. Calls of a kernel are serialised, as they
 * share its plan.
 */
final class JCudaKernel<A extends Arguments> extends ValidatedKernel<A> {
  private final Planner<A> planner;
  private final Launcher launcher;

  JCudaKernel(Device device, Variant variant, Planner<A> planner, Launcher launcher) {
    super(device, variant);
    this.planner = planner;
    this.launcher = launcher;
  }

  @Override
  protected void compute(A arguments) {
    int launches = planner.plan(arguments);
    for (int i = 0; i < launches; i++) {
      launcher.launch(planner, i);
    }
  }
}
