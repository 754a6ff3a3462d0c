package org.leash.kernel.panama;

import java.lang.foreign.MemorySegment;
import org.leash.binding.PinnedStruct;
import org.leash.binding.generated.Leash;
import org.leash.operation.Arguments;
import org.leash.operation.Operation;

/** Calls of one operation by one variant, through one struct. Not thread-safe. */
final class Call<A extends Arguments> {
  private final int operation;
  private final ArgumentStruct writer;
  private final PinnedStruct struct;

  /**
   * @param variant id of the variant that it asks for
   */
  Call(Operation<A> operation, int variant) {
    this.operation = Ids.of(operation);
    writer = new ArgumentStruct(operation, variant);
    struct = writer.struct();
  }

  /** Calls; returns the status. */
  int run(MemorySegment device, A arguments) {
    try {
      writer.write(arguments);
      return struct.run(device, operation);
    } finally {
      struct.release();
    }
  }

  /** Plans the call; returns the status. */
  int plan(MemorySegment device, A arguments, MemorySegment plan) {
    return Leash.leash_plan_call(device, operation, marshalled(arguments), plan);
  }

  /** The struct, written for a call made elsewhere, which has to keep its memory open. */
  MemorySegment marshalled(A arguments) {
    try {
      writer.write(arguments);
      return struct.segment();
    } finally {
      struct.release();
    }
  }
}
