package org.leash.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/**
 * Off-heap memory that lives until closed, usable from every thread, zeroed and aligned to 64
 * bytes.
 *
 * <p>Closing throws {@link IllegalStateException} while a native call uses the memory.
 */
public final class Allocation implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  private final Arena arena;
  private final MemorySegment memory;

  private Allocation(Arena arena, MemorySegment memory) {
    this.arena = arena;
    this.memory = memory;
  }

  /** Memory from a source, freed with the arena given to it. */
  static Allocation of(Function<Arena, MemorySegment> source) {
    @SuppressWarnings("MustBeClosedChecker") // The allocation closes it.
    Arena arena = Arena.ofShared();
    try {
      return new Allocation(arena, source.apply(arena));
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Memory from the JDK, for a machine without the native library.
   *
   * @throws OutOfMemoryError there is not enough memory
   */
  public static Allocation ofJdk(long bytes) {
    return of(arena -> arena.allocate(bytes, ALIGNMENT));
  }

  /** The memory, accessible until closed. */
  public MemorySegment memory() {
    return memory;
  }

  @Override
  public void close() {
    arena.close();
  }
}
