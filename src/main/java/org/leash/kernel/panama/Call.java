package org.leash.kernel.panama;

import java.lang.foreign.MemorySegment;
import org.leash.binding.PinnedStruct;
import org.leash.binding.generated.Leash;
import org.leash.kernel.Arguments;
import org.leash.kernel.Operation;

/** Calls of one operation by one variant, through one struct. Not thread-safe. */
final class Call<A extends Arguments> {
  private final int operation;
  private final PinnedStruct struct;
  private final ArgumentStruct fields;
  private final Marshalling<A> marshalling;

  /**
   * @param variant id of the variant that it asks for
   */
  Call(Operation<A> operation, int variant) {
    this.operation = Ids.of(operation);
    marshalling = Marshalling.of(operation);
    struct = marshalling.struct().get();
    fields = new ArgumentStruct(struct, variant);
  }

  /** Calls; returns the status. */
  int run(MemorySegment device, A arguments) {
    try {
      write(arguments);
      return struct.run(device, operation);
    } finally {
      struct.release();
    }
  }

  /** Plans the call; returns the status. */
  int plan(MemorySegment device, A arguments, MemorySegment plan) {
    try {
      write(arguments);
      return Leash.leash_plan_call(device, operation, struct.segment(), plan);
    } finally {
      struct.release();
    }
  }

  /** The struct, written for a call made elsewhere. */
  MemorySegment marshalled(A arguments) {
    try {
      write(arguments);
      return struct.segment();
    } finally {
      struct.release();
    }
  }

  private void write(A arguments) {
    fields.rows(arguments);
    marshalling.fields().accept(fields, arguments);
  }
}
