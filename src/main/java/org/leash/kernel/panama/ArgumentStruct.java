package org.leash.kernel.panama;

import java.lang.foreign.MemorySegment;
import org.leash.binding.PinnedStruct;
import org.leash.binding.generated.leash_entropy_args;
import org.leash.binding.generated.leash_matrix;
import org.leash.binding.generated.leash_rows;
import org.leash.device.Buffer;
import org.leash.device.Matrix;
import org.leash.kernel.Arguments;

/** How the parts that operations share are written into their structs. */
final class ArgumentStruct {
  // All argument structs begin with the rows; this one stands for them all.
  private static final long ROWS = leash_entropy_args.rows$offset();

  private final PinnedStruct struct;

  /**
   * @param struct of zeros
   * @param variant id of the variant that it asks for
   */
  ArgumentStruct(PinnedStruct struct, int variant) {
    this.struct = struct;
    struct.put(ROWS + leash_rows.variant$offset(), variant);
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
      struct.put(offset + leash_matrix.rows$offset(), matrix.rows());
      struct.put(offset + leash_matrix.vocab$offset(), matrix.vocab());
      struct.put(offset + leash_matrix.row_stride$offset(), matrix.rowStride());
      number(offset + leash_matrix.dtype$offset(), Ids.of(matrix.dtype()));
    }
  }

  /** Writes a pointer to a buffer, NULL for null, and pins its memory. */
  void point(long offset, Buffer buffer) {
    struct.point(offset, buffer == null ? MemorySegment.NULL : buffer.location());
  }

  void number(long offset, int value) {
    struct.put(offset, value);
  }

  void number(long offset, float value) {
    struct.put(offset, value);
  }
}
