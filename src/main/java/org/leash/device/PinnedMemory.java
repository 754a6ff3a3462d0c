package org.leash.device;

/**
 * Page-locked host memory for asynchronous copies ({@link Device#enqueueCopy}); a scarce resource.
 * Its buffers are otherwise like all host buffers. For a CPU device it is ordinary memory.
 * Thread-safe.
 */
public final class PinnedMemory extends Allocator {
  private final Device device;

  PinnedMemory(Device device) {
    this.device = device;
  }

  @Override
  Place allocate(long bytes) {
    return device.allocatePinned(bytes);
  }
}
