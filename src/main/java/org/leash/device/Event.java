package org.leash.device;

import java.lang.foreign.MemorySegment;
import org.leash.binding.NativeDevice;

/**
 * A point in a device's time line, for timing what runs between two of them. Without the native
 * library it is the JVM's clock. Freed by {@link #close()} or with its device.
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
   * @param nativeDevice null without the native library
   */
  Event(Device device, NativeDevice nativeDevice) {
    this.device = device;
    this.nativeDevice = nativeDevice;
    this.handle = nativeDevice == null ? MemorySegment.NULL : nativeDevice.createEvent();
    this.release = device.own(this::free);
  }

  /**
   * Marks the moment at which the device has done what it was given so far; an earlier mark is
   * forgotten.
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
   * Device time from one event to this one, in nanoseconds. Waits for this one to have happened.
   *
   * @throws IllegalArgumentException begin is null or belongs to another device
   * @throws IllegalStateException one of them has not been recorded, or is closed
   */
  public double nanosSince(Event begin) {
    if (begin == null) {
      throw new IllegalArgumentException("begin is null; pass a recorded event");
    }
    if (begin.device != device) {
      throw new IllegalArgumentException(
          "begin is an event of another device; take both from one device");
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

  /** Lets a device wait for what was recorded. */
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

  /** Frees the event; does nothing when called again. */
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
