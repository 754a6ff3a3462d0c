package org.leash.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Off-heap memory with a lifetime of its own, usable from every thread, zeroed and aligned to 64
 * bytes.
 *
 * <p>Closing is refused with an {@link IllegalStateException} while a native call holds the memory.
 */
public final class Allocation implements AutoCloseable {
  static final long ALIGNMENT = 64;

  private final Arena arena;
  private final MemorySegment memory;

  Allocation(Arena arena, MemorySegment memory) {
    this.arena = arena;
    this.memory = memory;
  }

  /**
   * Memory from the JDK, for a machine without the native library.
   *
   * @throws OutOfMemoryError the process has not that much memory
   */
  public static Allocation ofJdk(long bytes) {
    Arena arena = Arena.ofShared();
    try {
      return new Allocation(arena, arena.allocate(bytes, ALIGNMENT));
    } catch (OutOfMemoryError e) {
      arena.close();
      throw e;
    }
  }

  public MemorySegment memory() {
    return memory;
  }

  @Override
  public void close() {
    arena.close();
  }
}
