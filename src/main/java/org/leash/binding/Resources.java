package org.leash.binding;

import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * What a device owns: its native device, memory and events. It refers to none of the objects that
 * users hold, so that it can be freed after those have been dropped. Thread-safe.
 */
public final class Resources {
  private static final int CLOSED = -1;
  private static final Cleaner CLEANER = Cleaner.create();
  private static final System.Logger LOG = System.getLogger("org.leash");

  private final String device;
  private final NativeDevice nativeDevice;
  private final Set<Lifetime> owned = ConcurrentHashMap.newKeySet();

  /** The number of calls, or CLOSED. */
  private final AtomicInteger callsInFlight = new AtomicInteger();

  /**
   * No resources besides the native device.
   *
   * @param device its name, for messages
   * @param nativeDevice null without the native library
   */
  public Resources(String device, NativeDevice nativeDevice) {
    this.device = device;
    this.nativeDevice = nativeDevice;
  }

  /**
   * Frees the native device after its owner has been dropped without closing. Memory that is still
   * in use stays. With assertions enabled, the owner's users are warned.
   */
  public void freeWhenDropped(Object owner) {
    Throwable opened = Resources.class.desiredAssertionStatus() ? new Throwable() : null;
    CLEANER.register(owner, () -> freeDropped(opened));
  }

  private void freeDropped(Throwable opened) {
    if (isClosed()) {
      return;
    }
    if (opened != null) {
      LOG.log(Level.WARNING, "the device " + device + " was dropped without close()", opened);
    }
    if (nativeDevice != null) {
      nativeDevice.close();
    }
  }

  /** Frees something after its owner has been dropped; the result frees it earlier. */
  public static Cleaner.Cleanable whenDropped(Object owner, Runnable free) {
    return CLEANER.register(owner, free);
  }

  /** The native device; null without the native library. */
  public NativeDevice nativeDevice() {
    return nativeDevice;
  }

  /** Whether it has been closed. */
  public boolean isClosed() {
    return callsInFlight.get() == CLOSED;
  }

  /**
   * Begins a call, which {@link #exit()} ends.
   *
   * @throws IllegalStateException the device is closed
   */
  public void enter() {
    if (!tryEnter()) {
      throw new IllegalStateException("the device %s is closed; open another".formatted(device));
    }
  }

  /** Begins a call, unless the device is closed. */
  boolean tryEnter() {
    int calls;
    do {
      calls = callsInFlight.get();
      if (calls == CLOSED) {
        return false;
      }
    } while (!callsInFlight.compareAndSet(calls, calls + 1));
    return true;
  }

  /** Ends a call. Takes no more stack than {@link #enter()}, so that it succeeds where that did. */
  public void exit() {
    int calls;
    do {
      calls = callsInFlight.get();
    } while (!callsInFlight.compareAndSet(calls, calls - 1));
  }

  /** A result that needs the open device. */
  public <T> T whileOpen(Supplier<T> call) {
    enter();
    try {
      return call.get();
    } finally {
      exit();
    }
  }

  /** Memory of the device, to be freed at the latest with it. */
  public record Memory(MemorySegment segment, Lifetime lifetime) {}

  /**
   * Allocates memory.
   *
   * @param pinned whether it is host memory that the device can copy from and to asynchronously
   */
  public Memory allocate(long bytes, boolean pinned) {
    return whileOpen(
        () -> {
          Lifetime lifetime = new Lifetime(this);
          Runnable freed = () -> disown(lifetime);
          Allocation allocation =
              nativeDevice == null
                  ? Allocation.ofJdk(bytes, freed)
                  : pinned
                      ? nativeDevice.allocateHost(bytes, freed)
                      : nativeDevice.allocate(bytes, freed);
          own(lifetime.begin(allocation.end()::close));
          return new Memory(allocation.memory(), lifetime);
        });
  }

  /** Makes a resource the device's own, to be freed at the latest with it. */
  public void own(Lifetime lifetime) {
    owned.add(lifetime);
  }

  /** Forgets a resource that has been freed. */
  public void disown(Lifetime lifetime) {
    owned.remove(lifetime);
  }

  /** Waits for all work. */
  public void synchronize() {
    if (nativeDevice != null) {
      nativeDevice.synchronize();
    }
  }

  /**
   * Waits for all work, frees everything, then closes the device. Has no effect when called again.
   * Exceptions of {@link #synchronize()} are thrown after closing.
   *
   * @throws IllegalStateException a call uses the device or something of it; the device stays open,
   *     and so does what is in use
   */
  public void close() {
    if (!callsInFlight.compareAndSet(0, CLOSED)) {
      if (isClosed()) {
        return;
      }
      throw new IllegalStateException(
          "a call is running on the device %s; close it after the call has returned"
              .formatted(device));
    }
    RuntimeException failure = failureOfPendingWork();
    try {
      freeAll();
    } catch (IllegalStateException e) {
      callsInFlight.set(0);
      if (failure != null) {
        e.addSuppressed(failure);
      }
      throw e;
    }
    if (nativeDevice != null) {
      nativeDevice.close();
    }
    if (failure != null) {
      throw failure;
    }
  }

  private RuntimeException failureOfPendingWork() {
    try {
      synchronize();
      return null;
    } catch (RuntimeException e) {
      return e;
    }
  }

  private void freeAll() {
    String memory = "memory of the device " + device;
    List<Lifetime> closing = new ArrayList<>();
    try {
      for (Lifetime each : owned) {
        if (each.tryClose(memory)) {
          closing.add(each);
        }
      }
      while (!closing.isEmpty()) {
        closing.getLast().end(memory);
        owned.remove(closing.removeLast());
      }
    } catch (IllegalStateException e) {
      closing.forEach(Lifetime::reopen);
      throw e;
    }
  }
}
