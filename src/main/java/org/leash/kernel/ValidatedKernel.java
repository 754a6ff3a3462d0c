package org.leash.kernel;

import org.leash.device.Device;
import org.leash.operation.Arguments;

/**
 * A kernel that checks its arguments and keeps the device open while it computes; the base class of
 * all kernels.
 *
 * @param <A> the arguments of the operation
 */
public abstract class ValidatedKernel<A extends Arguments> implements Kernel<A> {
  private final Device device;
  private final Variant variant;
  private final ArgumentChecks checks;

  /** A kernel of a variant on a device. */
  protected ValidatedKernel(Device device, Variant variant) {
    this.device = device;
    this.variant = variant;
    checks = new ArgumentChecks(device, variant);
  }

  @Override
  public final Variant variant() {
    return variant;
  }

  /** The device on which this kernel runs. */
  protected final Device device() {
    return device;
  }

  @Override
  public final void run(A arguments) {
    device.enter();
    try {
      synchronized (this) {
        check(arguments);
        compute(arguments);
      }
    } finally {
      device.exit();
    }
  }

  /**
   * Checks arguments without running them. The caller holds this kernel's lock.
   *
   * @throws IllegalArgumentException the arguments are invalid, or not supported by this kernel
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
   * Computes, one call at a time. The arguments satisfy the contract of {@link Arguments} and
   * {@code leash.h}, except for values in columns: targets may be out of range, and temperatures
   * arbitrary.
   *
   * @throws org.leash.TargetOutOfRangeException on a CPU, after completion
   */
  protected abstract void compute(A arguments);
}
