package org.leash.device;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import org.leash.binding.Lifetime;
import org.leash.binding.NativeDevice;
import org.leash.binding.Resources;

/**
 * A point in the work of a device, for timing and for ordering streams. Without the native library
 * it uses the JVM's clock. Freed by {@link #close()} or with its device. Thread-safe.
 */
public final class Event implements AutoCloseable {
  private final Device device;
  private final NativeDevice nativeDevice;
  private final MemorySegment handle;
  private final Lifetime lifetime;
  private volatile boolean recorded;
  private volatile long clock;

  /** An event of a device. */
  Event(Device device, Resources resources) {
    this.device = device;
    nativeDevice = resources.nativeDevice();
    handle = nativeDevice == null ? MemorySegment.NULL : nativeDevice.createEvent();
    lifetime = new Lifetime(resources);
    Cleaner.Cleanable destroy =
        Resources.whenDropped(this, destroy(nativeDevice, handle, resources, lifetime));
    resources.own(lifetime.begin(destroy::clean));
  }

  /** Apart, so that it does not refer to the event. */
  private static Runnable destroy(
      NativeDevice device, MemorySegment handle, Resources resources, Lifetime lifetime) {
    return () -> {
      if (device != null) {
        device.destroyEvent(handle);
      }
      resources.disown(lifetime);
    };
  }

  /**
   * Marks the end of the device's work so far, replacing any earlier mark.
   *
   * @throws IllegalStateException the event or its device is closed
   */
  public void record() {
    device.enter();
    try {
      hold("record()");
      try {
        if (nativeDevice == null) {
          clock = System.nanoTime();
        } else {
          nativeDevice.recordEvent(handle);
        }
        recorded = true;
      } finally {
        lifetime.release();
      }
    } finally {
      device.exit();
    }
  }

  /**
   * Device time from another event to this one, in nanoseconds. Waits until the device has reached
   * this event.
   *
   * @throws IllegalArgumentException begin is null or belongs to another device
   * @throws IllegalStateException an event has not been recorded, or is closed
   */
  public double nanosSince(Event begin) {
    if (begin == null) {
      throw new IllegalArgumentException("begin is null; pass a recorded event");
    }
    if (begin.device != device) {
      throw new IllegalArgumentException(
          "begin is an event of another device; use events of one device");
    }
    device.enter();
    try {
      begin.holdRecorded("nanosSince()");
      try {
        holdRecorded("nanosSince()");
        try {
          return nativeDevice == null
              ? clock - begin.clock
              : nativeDevice.elapsedNanos(begin.handle, handle);
        } finally {
          lifetime.release();
        }
      } finally {
        begin.lifetime.release();
      }
    } finally {
      device.exit();
    }
  }

  /** Makes a device wait for the recorded event. */
  void letWait(NativeDevice waiting) {
    device.enter();
    try {
      holdRecorded("waitFor()");
      try {
        if (nativeDevice != null) {
          waiting.waitFor(handle);
        }
      } finally {
        lifetime.release();
      }
    } finally {
      device.exit();
    }
  }

  /**
   * Frees the event; has no effect when called again.
   *
   * @throws IllegalStateException another thread uses the event
   */
  @Override
  public void close() {
    lifetime.close("the event");
  }

  private void hold(String call) {
    if (!lifetime.hold(call)) {
      throw new IllegalStateException("the event is closed; make another with Device.event()");
    }
  }

  private void holdRecorded(String call) {
    hold(call);
    if (!recorded) {
      lifetime.release();
      throw new IllegalStateException("an event has not been recorded; call record() on it first");
    }
  }
}
