package org.leash.kernel.panama;

import java.lang.foreign.Arena;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.leash.binding.generated.Leash;
import org.leash.binding.generated.leash_entropy_args;
import org.leash.binding.generated.leash_matrix;
import org.leash.binding.generated.leash_rows;
import org.leash.device.Buffer;
import org.leash.device.Matrix;
import org.leash.kernel.Arguments;

/**
 * The C struct that a call's arguments are copied into: allocated once, written anew for each call
 * without allocating.
 *
 * <p>Every memory that it points to is also passed to the call itself, so that the JVM refuses to
 * free it meanwhile.
 */
final class ArgumentStruct {
  private static final int HOLDS = 16;

  // All argument structs begin with their size and the rows; this one stands for them all.
  private static final long SIZE = leash_entropy_args.size$offset();
  private static final long ROWS = leash_entropy_args.rows$offset();

  private final MemorySegment struct;
  private final MemorySegment[] held = new MemorySegment[HOLDS];
  private int count;

  /**
   * @param variant id of the variant that the struct asks for
   */
  ArgumentStruct(GroupLayout layout, int variant) {
    struct = Arena.ofAuto().allocate(layout);
    struct.set(ValueLayout.JAVA_LONG, SIZE, layout.byteSize());
    struct.set(ValueLayout.JAVA_INT, ROWS + leash_rows.variant$offset(), variant);
    letGo();
  }

  /** Writes what all operations share. */
  void rows(Arguments arguments) {
    matrix(ROWS + leash_rows.logits$offset(), arguments.logits());
    point(ROWS + leash_rows.temperatures$offset(), arguments.temperatures());
    point(ROWS + leash_rows.mask$offset(), arguments.mask());
    number(ROWS + leash_rows.temperature$offset(), arguments.temperature());
  }

  /** Writes a matrix; null means none. */
  void matrix(long offset, Matrix matrix) {
    point(offset + leash_matrix.data$offset(), matrix);
    if (matrix != null) {
      struct.set(ValueLayout.JAVA_LONG, offset + leash_matrix.rows$offset(), matrix.rows());
      struct.set(ValueLayout.JAVA_LONG, offset + leash_matrix.vocab$offset(), matrix.vocab());
      struct.set(
          ValueLayout.JAVA_LONG, offset + leash_matrix.row_stride$offset(), matrix.rowStride());
      number(offset + leash_matrix.dtype$offset(), matrix.dtype().abi());
    }
  }

  /** Writes a pointer to a buffer, NULL for null, and holds its memory during the call. */
  void point(long offset, Buffer buffer) {
    MemorySegment memory = buffer == null ? MemorySegment.NULL : buffer.location();
    struct.set(ValueLayout.ADDRESS, offset, memory);
    held[count++] = memory;
  }

  void number(long offset, int value) {
    struct.set(ValueLayout.JAVA_INT, offset, value);
  }

  void number(long offset, float value) {
    struct.set(ValueLayout.JAVA_FLOAT, offset, value);
  }

  MemorySegment segment() {
    return struct;
  }

  /** Calls; returns the status. */
  int run(MemorySegment device, int operation) {
    return Leash.leash_run(
        device, operation, struct, held[0], held[1], held[2], held[3], held[4], held[5], held[6],
        held[7], held[8], held[9], held[10], held[11], held[12], held[13], held[14], held[15]);
  }

  /** Writes what the call would launch; returns the status. */
  int plan(MemorySegment device, int operation, MemorySegment plan) {
    return Leash.leash_plan_call(device, operation, struct, plan);
  }

  /** Forgets the memory of the last call. */
  void letGo() {
    Arrays.fill(held, MemorySegment.NULL);
    count = 0;
  }
}
