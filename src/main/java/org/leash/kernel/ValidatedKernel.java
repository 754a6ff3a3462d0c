package org.leash.kernel;

import org.leash.device.Device;
import org.leash.operation.Arguments;
import org.leash.operation.Operation;
import org.leash.operation.Snapshot;

/**
 * A kernel that checks its arguments and keeps the device and their memory open while it computes;
 * the base class of all kernels.
 *
 * @param <A> the arguments of the operation
 */
public abstract class ValidatedKernel<A extends Arguments> implements Kernel<A> {
  private final Device device;
  private final Variant variant;
  private final ArgumentChecks checks;
  private final Snapshot<A> snapshot;
  private boolean running;

  /** A kernel of a variant on a device. */
  @SuppressWarnings("unchecked") // The kernel of an operation takes that operation's arguments.
  protected ValidatedKernel(Device device, Variant variant) {
    this.device = device;
    this.variant = variant;
    checks = new ArgumentChecks(device, variant);
    snapshot = new Snapshot<>((Operation<A>) variant.operation());
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
    synchronized (this) {
      if (running) {
        // The stack overflowed while the last call ended.
        end();
      }
      device.enter();
      running = true;
      try {
        compute(checked(arguments));
      } catch (IllegalStateException e) {
        throw checks.explain(e);
      } finally {
        end();
      }
    }
  }

  /** May be repeated after a stack overflow. */
  private void end() {
    release();
    device.exit();
    running = false;
  }

  /**
   * Checks arguments without running them, and holds their memory until {@link #release()}, which
   * is due even if this throws. The caller holds this kernel's lock.
   *
   * @return this kernel's own copy of the arguments, until released
   * @throws IllegalArgumentException the arguments are invalid, or not supported by this kernel
   */
  protected final A checked(A arguments) {
    if (arguments == null) {
      throw new IllegalArgumentException(
          "arguments is null; build it with %s.of(logits)"
              .formatted(variant.operation().arguments().getSimpleName()));
    }
    A taken = snapshot.take(arguments);
    checks.check(taken);
    return taken;
  }

  /** Lets go of the arguments of the last call. */
  protected final void release() {
    checks.release();
    snapshot.clear();
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
