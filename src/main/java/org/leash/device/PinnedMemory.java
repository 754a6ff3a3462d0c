package org.leash.device;

/**
 * Memory of the host that a GPU copies from and to while the host goes on: page-locked, so take
 * little of it. On a CPU device it is ordinary memory. Its buffers are used like any others of the
 * host; {@link Device#enqueueCopy} is what they are for. Thread-safe.
 */
public final class PinnedMemory extends Allocator {
  private final Device device;

  PinnedMemory(Device device) {
    this.device = device;
  }

  @Override
  Owned allocate(long bytes) {
    return device.allocatePinned(bytes);
  }
}
