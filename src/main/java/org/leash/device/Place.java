package org.leash.device;

import java.lang.foreign.MemorySegment;

/**
 * Where the elements of a buffer lie: in memory of the host, or of a GPU, which the host cannot
 * read.
 */
final class Place {
  private final MemorySegment memory;
  private final MemorySegment location;
  private final Device gpu;
  private final boolean pinned;

  /**
   * @param memory exactly the bytes of the elements
   * @param gpu whose memory it is; null for the host
   * @param pinned whether GPUs may copy from and to it while the host goes on
   */
  private Place(MemorySegment memory, Device gpu, boolean pinned) {
    this.memory = memory;
    this.location = gpu == null ? memory : memory.asSlice(0, 0);
    this.gpu = gpu;
    this.pinned = pinned;
  }

  static Place host(MemorySegment memory) {
    return new Place(memory, null, false);
  }

  static Place pinned(MemorySegment memory) {
    return new Place(memory, null, true);
  }

  static Place gpu(MemorySegment memory, Device device) {
    return new Place(memory, device, false);
  }

  /** A part of it. */
  Place slice(long offset, long bytes) {
    return new Place(memory.asSlice(offset, bytes), gpu, pinned);
  }

  /** The bytes; not to be given to anybody who might access those of a GPU. */
  MemorySegment bytes() {
    return memory;
  }

  /** Its address and lifetime; of size 0 where the host cannot access it. */
  MemorySegment location() {
    return location;
  }

  boolean isOnHost() {
    return gpu == null;
  }

  boolean isPinned() {
    return pinned;
  }

  /** The device that handed it out; null for the host. */
  Device gpu() {
    return gpu;
  }

  boolean isReachableFrom(Device device) {
    return gpu == null ? device.properties().kind() == DeviceKind.CPU : gpu.isSameProcessor(device);
  }

  @Override
  public String toString() {
    return gpu == null ? "memory of the host" : "memory of " + gpu;
  }
}
