package org.leash.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Collections;
import org.leash.binding.generated.Leash;

/**
 * The argument struct of an operation, allocated once and rewritten for each call. Every pointer in
 * it is also an argument of the call, so that the JVM cannot free the memory during the call.
 * Writing and calling allocate nothing. Needs the native library; not thread-safe.
 */
public final class PinnedStruct {
  private final MemorySegment struct;

  /** Has one pin per pointer of the struct. */
  private final MethodHandle run;

  private final MemorySegment[] pins;
  private int count;

  /** A struct of zeros. */
  public PinnedStruct(NativeLayout layout) {
    struct = Arena.ofAuto().allocate(layout.bytes(), Long.BYTES);
    pins = new MemorySegment[layout.pointers()];
    run = runPinned(pins.length);
    release();
  }

  /** {@code leash_run_pinned} of {@code leash_jvm.h}, with its pins as an array. */
  @SuppressWarnings("restricted")
  private static MethodHandle runPinned(int pins) {
    MemoryLayout[] pointers =
        Collections.nCopies(pins, Leash.C_POINTER).toArray(MemoryLayout[]::new);
    FunctionDescriptor fixed =
        FunctionDescriptor.of(Leash.C_INT, Leash.C_POINTER, Leash.C_INT, Leash.C_POINTER);
    return Linker.nativeLinker()
        .downcallHandle(
            SymbolLookup.loaderLookup().findOrThrow("leash_run_pinned"),
            fixed.appendArgumentLayouts(pointers),
            Linker.Option.firstVariadicArg(fixed.argumentLayouts().size()))
        .asSpreader(MemorySegment[].class, pins);
  }

  /** Writes a 32-bit integer field. */
  public void put(long offset, int value) {
    struct.set(ValueLayout.JAVA_INT, offset, value);
  }

  /** Writes a 64-bit integer field. */
  public void put(long offset, long value) {
    struct.set(ValueLayout.JAVA_LONG, offset, value);
  }

  /** Writes an f32 field. */
  public void put(long offset, float value) {
    struct.set(ValueLayout.JAVA_FLOAT, offset, value);
  }

  /**
   * Writes a pointer and pins its memory for the next call.
   *
   * @param memory off-heap, or {@link MemorySegment#NULL}
   */
  public void point(long offset, MemorySegment memory) {
    struct.set(ValueLayout.ADDRESS, offset, memory);
    pins[count++] = memory;
  }

  /** The struct itself, without pins. */
  public MemorySegment segment() {
    return struct;
  }

  /**
   * Runs an operation on a {@code leash_device *}; returns the status.
   *
   * @throws IllegalStateException pinned memory has been freed
   */
  public int run(MemorySegment device, int operation) {
    try {
      return (int) run.invokeExact(device, operation, struct, pins);
    } catch (IllegalStateException e) {
      // From pinning. The segment that is closing may still look alive, so it cannot be named.
      throw new IllegalStateException(
          "the memory of an argument was closed as the call began, which has written nothing; keep"
              + " its arena open until the call has returned",
          e);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a native function throws nothing", e);
    }
  }

  /** Forgets the memory of the last call. */
  public void release() {
    Arrays.fill(pins, MemorySegment.NULL);
    count = 0;
  }
}
