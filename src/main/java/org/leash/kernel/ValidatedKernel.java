package org.leash.kernel;

import org.leash.device.Device;
import org.leash.operation.Arguments;

/**
 * What all providers' kernels share: arguments are checked, and the device is kept open, before
 * anything is computed.
 *
 * @param <A> its arguments
 */
public abstract class ValidatedKernel<A extends Arguments> implements Kernel<A> {
  private final Device device;
  private final Variant variant;
  private final ArgumentChecks checks;

  protected ValidatedKernel(Device device, Variant variant) {
    this.device = device;
    this.variant = variant;
    checks = new ArgumentChecks(device, variant);
  }

  @Override
  public final Variant variant() {
    return variant;
  }

  /** The device that this kernel was made for. */
  protected final Device device() {
    return device;
  }

  @Override
  public final void run(A arguments) {
    device.enter();
    try {
      check(arguments);
      compute(arguments);
    } finally {
      device.exit();
    }
  }

  /**
   * Checks arguments without running them.
   *
   * @throws IllegalArgumentException they are not legal, or not for this kernel
   */
  protected final void check(A arguments) {
    if (arguments == null) {
      throw new IllegalArgumentException(
          "arguments is null; build it with %s.of(logits)"
              .formatted(variant.operation().arguments().getSimpleName()));
    }
    checks.check(arguments);
  }

  /**
   * Computes. All that {@link Arguments} and {@code leash.h} promise of the arguments holds, but
   * for the values in the columns: targets may be out of range, and temperatures may be anything.
   *
   * @throws org.leash.TargetOutOfRangeException after completion, on a CPU
   */
  protected abstract void compute(A arguments);
}
