package org.leash.binding;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Races of calls with the closing of what they use, in every order that jcstress can provoke. */
public final class LifetimeStress {
  private static final String NAME = "memory";

  private LifetimeStress() {}

  /** A resource that knows whether it has been freed. */
  private static final class Resource {
    final Resources device = new Resources("cpu", null);
    final Lifetime lifetime = new Lifetime(device);
    volatile boolean freed;

    Resource() {
      device.own(lifetime.begin(() -> freed = true));
    }

    /** Whether the resource was freed while a call held it. */
    boolean isFreedDuringCall() {
      if (!lifetime.hold("a call")) {
        return false;
      }
      try {
        return freed;
      } finally {
        lifetime.release();
      }
    }

    /** Whether closing is refused. */
    boolean isCloseRefused() {
      try {
        lifetime.close(NAME);
        return false;
      } catch (IllegalStateException e) {
        return true;
      }
    }

    /** Whether closing the device is refused. */
    boolean isDeviceCloseRefused() {
      try {
        device.close();
        return false;
      } catch (IllegalStateException e) {
        return true;
      }
    }
  }

  /** A call and a close: the close is refused, or the memory freed, but not under the call. */
  @JCStressTest
  @Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "refused")
  @Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "closed")
  @Outcome(expect = Expect.FORBIDDEN, desc = "freed under a call")
  @State
  public static class CallAndClose {
    private final Resource resource = new Resource();

    @Actor
    public void call(ZZ_Result result) {
      result.r1 = resource.isFreedDuringCall();
    }

    @Actor
    public void close(ZZ_Result result) {
      result.r2 = resource.isCloseRefused();
    }

    @Arbiter
    public void end(ZZ_Result result) {
      if (result.r2 == resource.freed) {
        throw new IllegalStateException("refused and freed, or neither");
      }
    }
  }

  /** A call, and a device that closes: the memory is freed with it, or both stay open. */
  @JCStressTest
  @Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "closed")
  @Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "refused")
  @Outcome(expect = Expect.FORBIDDEN, desc = "freed under a call")
  @State
  public static class CallAndDeviceClose {
    private final Resource resource = new Resource();

    @Actor
    public void call(ZZ_Result result) {
      result.r1 = resource.isFreedDuringCall();
    }

    @Actor
    public void close(ZZ_Result result) {
      result.r2 = resource.isDeviceCloseRefused();
    }

    @Arbiter
    public void end(ZZ_Result result) {
      if (result.r2 == resource.freed || result.r2 == resource.device.isClosed()) {
        throw new IllegalStateException("refused and freed, or neither");
      }
    }
  }

  /** Closing the memory and its device: freed once, and everything is closed at the end. */
  @JCStressTest
  @Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "closed")
  @Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "the device was in use")
  @Outcome(expect = Expect.FORBIDDEN, desc = "the memory was not in use")
  @State
  public static class CloseAndDeviceClose {
    private final Resource resource = new Resource();

    @Actor
    public void close(ZZ_Result result) {
      result.r1 = resource.isCloseRefused();
    }

    @Actor
    public void closeDevice(ZZ_Result result) {
      result.r2 = resource.isDeviceCloseRefused();
    }

    @Arbiter
    public void end(ZZ_Result result) {
      if (!resource.freed || result.r2 == resource.device.isClosed()) {
        throw new IllegalStateException("left open");
      }
    }
  }
}
