package org.leash.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;

/**
 * Off-heap memory that lives until closed, or until no segment of it can be reached any more;
 * usable from every thread, zeroed and aligned to 64 bytes.
 *
 * <p>Its segments keep it: whoever still has one can use it, even if the allocation itself has been
 * dropped. An {@link End} closes it without keeping it.
 */
public final class Allocation {
  private static final long ALIGNMENT = 64;
  private static final Cleaner CLEANER = Cleaner.create();

  private final MemorySegment memory;
  private final End end;

  /** Closes an allocation. Refers to it weakly, so that the owner of many need not keep them. */
  public static final class End {
    private final WeakReference<Arena> arena;
    private final Cleaner.Cleanable free;

    private End(Arena arena, Cleaner.Cleanable free) {
      this.arena = new WeakReference<>(arena);
      this.free = free;
    }

    /**
     * Frees the memory. To be called once, unless it throws.
     *
     * @throws IllegalStateException a native call uses the memory
     */
    public void close() {
      Arena open = arena.get();
      if (open == null) {
        free.clean();
      } else {
        open.close();
      }
    }
  }

  /**
   * Memory from a source.
   *
   * @param address the memory, of any size
   * @param free frees it; must not refer to a segment of the allocation
   */
  Allocation(MemorySegment address, long bytes, Runnable free) {
    @SuppressWarnings("MustBeClosedChecker") // Its end closes it.
    Arena arena = Arena.ofShared();
    Cleaner.Cleanable once = CLEANER.register(arena, free);
    // Segments keep what runs at their arena's close, hence the arena.
    memory = LeashLibrary.adopt(address, bytes, arena, closed -> close(arena, once));
    end = new End(arena, once);
  }

  private static void close(Arena kept, Cleaner.Cleanable free) {
    assert !kept.scope().isAlive();
    free.clean();
  }

  /**
   * Memory from the JDK, for a machine without the native library.
   *
   * @param freed called after the memory has been freed; does not refer to it
   * @throws OutOfMemoryError there is not enough memory
   */
  public static Allocation ofJdk(long bytes, Runnable freed) {
    @SuppressWarnings("MustBeClosedChecker") // The allocation frees it.
    Arena arena = Arena.ofShared();
    try {
      return new Allocation(
          arena.allocate(bytes, ALIGNMENT),
          bytes,
          () -> {
            arena.close();
            freed.run();
          });
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /** The memory, accessible until closed. */
  public MemorySegment memory() {
    return memory;
  }

  /** What closes the allocation. */
  public End end() {
    return end;
  }
}
