package org.leash.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;

/**
 * Off-heap memory that lives until closed; memory from C, at the latest until no segment of it can
 * be reached any more. Usable from every thread, zeroed and aligned to 64 bytes.
 *
 * <p>Its segments keep it: whoever still has one can use it, even if the allocation itself has been
 * dropped.
 */
public final class Allocation {
  private static final long ALIGNMENT = 64;

  private final MemorySegment memory;
  private final End end;

  /** Closes an allocation. */
  @FunctionalInterface
  public interface End {
    /**
     * Frees the memory. To be called once, unless it throws.
     *
     * @throws IllegalStateException a native call uses the memory
     */
    void close();
  }

  private Allocation(MemorySegment memory, End end) {
    this.memory = memory;
    this.end = end;
  }

  /**
   * Memory from C. Its end refers to it weakly, so that the owner of many need not keep them.
   *
   * @param address the memory, of any size
   * @param free frees it; must not refer to a segment of the allocation
   */
  static Allocation of(MemorySegment address, long bytes, Runnable free) {
    @SuppressWarnings("MustBeClosedChecker") // Its end closes it.
    Arena arena = Arena.ofShared();
    Cleaner.Cleanable once = Resources.whenDropped(arena, free);
    // Segments keep what runs at their arena's close, hence the arena.
    MemorySegment memory = LeashLibrary.adopt(address, bytes, arena, closed -> close(arena, once));
    WeakReference<Arena> weak = new WeakReference<>(arena);
    return new Allocation(memory, () -> close(weak, once));
  }

  private static void close(Arena kept, Cleaner.Cleanable free) {
    assert !kept.scope().isAlive();
    free.clean();
  }

  private static void close(WeakReference<Arena> arena, Cleaner.Cleanable free) {
    Arena open = arena.get();
    if (open == null) {
      free.clean();
    } else {
      open.close();
    }
  }

  /**
   * Memory from the JDK, for a machine without the native library; its end keeps it, as only native
   * access could tell when it is no longer used.
   *
   * @param freed called after the memory has been freed; does not refer to it
   * @throws OutOfMemoryError there is not enough memory
   */
  public static Allocation ofJdk(long bytes, Runnable freed) {
    @SuppressWarnings("MustBeClosedChecker") // Its end closes it.
    Arena arena = Arena.ofShared();
    try {
      MemorySegment memory = arena.allocate(bytes, ALIGNMENT);
      return new Allocation(
          memory,
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
