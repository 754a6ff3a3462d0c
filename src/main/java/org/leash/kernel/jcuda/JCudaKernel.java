package org.leash.kernel.jcuda;

import org.leash.device.Device;
import org.leash.kernel.ValidatedKernel;
import org.leash.kernel.Variant;
import org.leash.kernel.panama.Planner;
import org.leash.operation.Arguments;

/**
 * One variant of one operation. Calls of one kernel wait for each other, as they share its plan.
 *
 * <p>Unlike a native one it cannot keep others from closing memory while a call is under way; once
 * it has returned, closing waits for the GPU as always.
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
  protected synchronized void compute(A arguments) {
    int launches = planner.plan(arguments);
    for (int i = 0; i < launches; i++) {
      launcher.launch(planner, i);
    }
  }
}
