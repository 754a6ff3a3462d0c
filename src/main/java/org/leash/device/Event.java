package org.leash.device;

import java.lang.foreign.MemorySegment;
import org.leash.binding.NativeDevice;

/**
 * A point in the work of a device, for timing and for ordering streams. Without the native library
 * it uses the JVM's clock. Freed by {@link #close()} or with its device. Thread-safe.
 */
public final class Event implements AutoCloseable {
  private final Device device;
  private final Runnable release;
  private final NativeDevice nativeDevice;
  private MemorySegment handle;
  private boolean recorded;
  private boolean closed;
  private long clock;

  /**
   * An event of a device.
   *
   * @param nativeDevice null without the native library
   */
  Event(Device device, NativeDevice nativeDevice) {
    this.device = device;
    this.nativeDevice = nativeDevice;
    this.handle = nativeDevice == null ? MemorySegment.NULL : nativeDevice.createEvent();
    this.release = device.own(this::free);
  }

  /**
   * Marks the end of the device's work so far, replacing any earlier mark.
   *
   * @throws IllegalStateException the event or its device is closed
   */
  public void record() {
    device.enter();
    try {
      synchronized (device) {
        checkOpen();
        if (nativeDevice == null) {
          clock = System.nanoTime();
        } else {
          nativeDevice.recordEvent(handle);
        }
        recorded = true;
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
      synchronized (device) {
        begin.checkRecorded();
        checkRecorded();
        return nativeDevice == null
            ? clock - begin.clock
            : nativeDevice.elapsedNanos(begin.handle, handle);
      }
    } finally {
      device.exit();
    }
  }

  /** Makes a device wait for the recorded event. */
  void letWait(NativeDevice waiting) {
    device.enter();
    try {
      synchronized (device) {
        checkRecorded();
        if (nativeDevice != null) {
          waiting.waitFor(handle);
        }
      }
    } finally {
      device.exit();
    }
  }

  /** Frees the event; has no effect when called again. */
  @Override
  public void close() {
    release.run();
  }

  private void free() {
    synchronized (device) {
      closed = true;
      if (nativeDevice != null) {
        nativeDevice.destroyEvent(handle);
        handle = MemorySegment.NULL;
      }
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the event is closed; make another with Device.event()");
    }
  }

  private void checkRecorded() {
    checkOpen();
    if (!recorded) {
      throw new IllegalStateException("an event has not been recorded; call record() on it first");
    }
  }
}
